package io.sluice.modelservice.tensor;

/** What was sent is no tensor, or not the one that is needed. Its message begins with the field, for whoever sent it. */
public class InvalidTensor extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String field;
    private final String problem;

    /**
     * @param field such as {@code inputs[0].data}
     * @param problem goes on after it: "has 3 elements, not 4"
     */
    public InvalidTensor(String field, String problem) {
        super(field + " " + problem);
        this.field = field;
        this.problem = problem;
    }

    /** Where it is in what was sent. */
    public String field() {
        return field;
    }

    /** What is wrong with it. */
    public String problem() {
        return problem;
    }
}
