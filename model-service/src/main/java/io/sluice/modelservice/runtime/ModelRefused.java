package io.sluice.modelservice.runtime;

/** The file is no model that runs here. Its message is for whoever uploaded it. */
public class ModelRefused extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public ModelRefused(String message) {
        super(message);
    }
}
