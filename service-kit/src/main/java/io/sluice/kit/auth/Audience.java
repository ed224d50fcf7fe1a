package io.sluice.kit.auth;

/** Who may call an operation that is not about a project or an organization. */
public enum Audience {
    /** Also without a token; the path must be among {@link SecurityConfiguration.PublicPaths}, too. */
    ANYBODY,
    /** Every user. The operation shows and changes nothing but what is the caller's own. */
    SIGNED_IN,
    /** Administrators of the platform. */
    ADMINISTRATOR,
    /** The other services. */
    SERVICE;

    boolean includes(Caller caller) {
        return switch (this) {
            case ANYBODY -> true;
            case SIGNED_IN -> !caller.isService();
            case ADMINISTRATOR -> caller.isAdministrator();
            case SERVICE -> caller.isService();
        };
    }
}
