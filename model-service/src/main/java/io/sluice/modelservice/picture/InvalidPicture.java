package io.sluice.modelservice.picture;

/** What was sent is no picture that can be read here. Its message is for whoever sent it. */
public class InvalidPicture extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public InvalidPicture(String message) {
        super(message);
    }
}
