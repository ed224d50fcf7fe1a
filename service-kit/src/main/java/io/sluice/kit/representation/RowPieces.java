package io.sluice.kit.representation;

import java.io.ByteArrayOutputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rows of a JSON array that comes in pieces, which may end anywhere. No more than one row is held. */
final class RowPieces {

    private final @Nullable List<String> columns;
    private final ByteArrayOutputStream row = new ByteArrayOutputStream();
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private int depth;
    private boolean isText;
    private boolean isEscaped;
    private boolean isBegun;

    /** @param columns those of a CSV; null for lines of JSON */
    RowPieces(@Nullable List<String> columns) {
        this.columns = columns;
    }

    /** As much as can be told so far; empty when that is nothing. */
    byte[] next(byte[] json) {
        begin();
        for (byte character : json) {
            if (isText) {
                row.write(character);
                text(character);
            } else {
                structure(character);
            }
        }
        return taken();
    }

    /** What is there of a list without any entry. */
    byte[] last() {
        begin();
        return taken();
    }

    private void begin() {
        if (!isBegun && columns != null) {
            written.writeBytes(Rows.csvHead(columns));
        }
        isBegun = true;
    }

    private byte[] taken() {
        byte[] taken = written.toByteArray();
        written.reset();
        return taken;
    }

    private void text(byte character) {
        if (isEscaped) {
            isEscaped = false;
        } else if (character == '\\') {
            isEscaped = true;
        } else if (character == '"') {
            isText = false;
        }
    }

    private void structure(byte character) {
        switch (character) {
            case '[', '{' -> {
                depth++;
                if (depth > 1) {
                    row.write(character);
                }
            }
            case ']', '}' -> {
                depth--;
                if (depth > 0) {
                    row.write(character);
                }
                if (depth <= 1) {
                    end();
                }
            }
            case ',' -> {
                if (depth > 1) {
                    row.write(character);
                } else {
                    end();
                }
            }
            default -> {
                isText = character == '"';
                row.write(character);
            }
        }
    }

    private void end() {
        if (row.size() == 0) {
            return;
        }
        if (columns == null) {
            row.write('\n');
            written.writeBytes(row.toByteArray());
        } else {
            written.writeBytes(Rows.csvRow(row.toByteArray(), columns));
        }
        row.reset();
    }
}
