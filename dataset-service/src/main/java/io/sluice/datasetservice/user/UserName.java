package io.sluice.datasetservice.user;

/** What auth-service says about a person; empty names for one who has no account or while it does not answer. */
public record UserName(String email, String firstName, String lastName) {

    public static UserName unknown(String email) {
        return new UserName(email, "", "");
    }
}
