package io.sluice.modelservice.runtime;

/** The model could not do it with these inputs. Its message is for whoever sent them. */
public class InferenceFailed extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public InferenceFailed(String message) {
        super(message);
    }
}
