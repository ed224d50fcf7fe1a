package io.sluice.kit.replica;

import java.net.URI;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;

/** A request on its way to one replica. */
public final class Attempt {

    /** The attribute of an exchange that is the last attempt to pass it on. */
    public static final String ATTRIBUTE = Attempt.class.getName();

    private final Replica replica;
    private final Runnable answered;

    Attempt(Replica replica, Runnable answered) {
        this.replica = replica;
        this.answered = answered;
    }

    /** Address and port of the replica, as in a URI. */
    public String authority() {
        return replica.authority();
    }

    /** The same at this replica. */
    public URI at(URI request) {
        StringBuilder address = new StringBuilder()
                .append(request.getScheme())
                .append("://")
                .append(replica.authority())
                .append(request.getRawPath());
        if (request.getRawQuery() != null) {
            address.append('?').append(request.getRawQuery());
        }
        return URI.create(address.toString());
    }

    /**
     * To be called when the head of the answer is there: the replica is alive, and will be left alone if it says that it is going.
     */
    public void answered(HttpStatusCode status, HttpHeaders headers) {
        // An upload that is refused ends its connection, too.
        if (!status.isError() && headers.getConnection().stream().anyMatch("close"::equalsIgnoreCase)) {
            replica.isLeaving(System.nanoTime());
        } else {
            replica.isWell();
        }
        answered.run();
    }
}
