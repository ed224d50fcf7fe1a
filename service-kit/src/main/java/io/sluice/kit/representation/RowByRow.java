package io.sluice.kit.representation;

import java.util.List;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;

/** A list that may be longer than anything can hold at once, so that its rows leave one by one in every form. */
public final class RowByRow {

    private RowByRow() {}

    /**
     * Says before the first byte that the JSON array to be written is such a list.
     *
     * @param columns the members of its entries that are the columns of the CSV, because rows to come cannot be asked;
     *     objects in them are cells of JSON
     */
    public static void answer(ServerHttpResponse response, List<String> columns) {
        ServerHttpResponse inner = response;
        while (inner instanceof ServerHttpResponseDecorator decorator) {
            if (decorator instanceof Answer answer) {
                answer.rowByRow(columns);
                return;
            }
            inner = decorator.getDelegate();
        }
    }
}
