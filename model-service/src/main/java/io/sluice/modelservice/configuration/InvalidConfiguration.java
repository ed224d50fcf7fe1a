package io.sluice.modelservice.configuration;

/** The configuration of a model cannot be meant so. Its message begins with the field, for whoever wrote it. */
public class InvalidConfiguration extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String field;
    private final String problem;

    /**
     * @param field such as {@code configuration.input.resize}
     * @param problem goes on after it: "must be stretch, letterbox or none"
     */
    public InvalidConfiguration(String field, String problem) {
        super(field + " " + problem);
        this.field = field;
        this.problem = problem;
    }

    /** Where it is in the model. */
    public String field() {
        return field;
    }

    /** What is wrong with it. */
    public String problem() {
        return problem;
    }
}
