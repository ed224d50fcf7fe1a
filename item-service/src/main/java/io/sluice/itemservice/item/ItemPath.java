package io.sluice.itemservice.item;

import io.sluice.kit.error.Problem;
import io.sluice.kit.mongo.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.springframework.web.ErrorResponseException;

/**
 * Where an item is in its dataset: absolute, kept byte for byte (no Unicode normalisation), the root being {@code /}.
 *
 * @param value such as {@code /dir/in/one.txt}, without a slash at its end
 */
record ItemPath(String value) {

    /** A segment fits into the file systems that data sets are downloaded to. */
    static final int LONGEST_SEGMENT = 255;

    /** In bytes of UTF-8. */
    static final int LONGEST = 2_048;

    /** As many segments as a path may have: a tree of directories nests as deep. */
    static final int DEEPEST = 100;

    static final ItemPath ROOT = new ItemPath("/");

    /** The service area: everything below is hidden from default queries (contract core §5.8). */
    private static final String SERVICE_AREA = "/.dataloop";

    private static final Pattern WINDOWS_DRIVE = Pattern.compile("[A-Za-z]:");

    /**
     * The path of a file.
     *
     * @param field the field it comes from, for the message
     * @throws ErrorResponseException {@link Problem#VALIDATION_FAILED} for a path that could mean another place
     */
    static ItemPath ofFile(String field, String given) {
        ItemPath path = parse(field, given);
        if (path.equals(ROOT) || given.endsWith("/")) {
            throw invalid(field, "must end in the name of a file");
        }
        return path;
    }

    /** The path of a directory; a slash at its end does not matter. */
    static ItemPath ofDirectory(String field, String given) {
        return parse(field, given);
    }

    private static ItemPath parse(String field, String given) {
        if (given.indexOf('\0') >= 0) {
            throw invalid(field, "must not contain a NUL character");
        }
        if (given.indexOf('\\') >= 0) {
            throw invalid(field, "must separate folders by /, not by \\");
        }
        if (given.indexOf('\uFFFD') >= 0 || !JsonObject.isUnicode(given)) {
            // The character that stands for bytes which were no UTF-8: two such names would become one.
            throw invalid(field, "must be valid Unicode, in UTF-8");
        }
        if (given.getBytes(StandardCharsets.UTF_8).length > LONGEST) {
            throw invalid(field, "may have at most " + LONGEST + " bytes");
        }
        List<String> segments = new ArrayList<>();
        for (String segment : given.split("/", -1)) {
            if (segment.isEmpty()) {
                continue;
            }
            if (segment.equals(".") || segment.equals("..")) {
                throw invalid(field, "must not contain the segments . and ..");
            }
            if (segment.getBytes(StandardCharsets.UTF_8).length > LONGEST_SEGMENT) {
                throw invalid(field, "may have names of at most " + LONGEST_SEGMENT + " bytes");
            }
            segments.add(segment);
        }
        if (segments.size() > DEEPEST) {
            throw invalid(field, "may have at most " + DEEPEST + " segments");
        }
        if (!segments.isEmpty() && WINDOWS_DRIVE.matcher(segments.get(0)).matches()) {
            throw invalid(field, "must not start with a drive");
        }
        return new ItemPath("/" + String.join("/", segments));
    }

    String name() {
        return isRoot() ? "/" : value.substring(value.lastIndexOf('/') + 1);
    }

    /** The directory it is in; the root is in itself. */
    ItemPath parent() {
        int slash = value.lastIndexOf('/');
        return slash <= 0 ? ROOT : new ItemPath(value.substring(0, slash));
    }

    /** All directories above it but the root, the outermost first. */
    List<ItemPath> ancestors() {
        List<ItemPath> ancestors = new ArrayList<>();
        for (ItemPath path = parent(); !path.isRoot(); path = path.parent()) {
            ancestors.add(0, path);
        }
        return ancestors;
    }

    /** This directory and all above it but the root, the outermost first. */
    List<ItemPath> andAncestors() {
        List<ItemPath> all = ancestors();
        all.add(this);
        return all;
    }

    ItemPath child(String name) {
        return new ItemPath(isRoot() ? "/" + name : value + "/" + name);
    }

    /** The path of the same name with a number before its ending: {@code /a (1).jpg} for {@code /a.jpg}. */
    ItemPath numbered(int number) {
        String name = name();
        int dot = name.lastIndexOf('.');
        String ending = dot <= 0 ? "" : name.substring(dot);
        String stem = name.substring(0, name.length() - ending.length());
        return parent().child(stem + " (" + number + ")" + ending);
    }

    /** This path below a directory that becomes the root of all. */
    ItemPath below(ItemPath directory) {
        return directory.isRoot() ? this : new ItemPath(directory.value() + value);
    }

    /** This path with the directory {@code from}, which is above it, called {@code to}. */
    ItemPath moved(ItemPath from, ItemPath to) {
        String rest = value.substring(from.value().length());
        return new ItemPath(to.isRoot() ? rest : to.value() + rest);
    }

    boolean isRoot() {
        return value.equals("/");
    }

    boolean isBelow(ItemPath directory) {
        return value.startsWith(directory.isRoot() ? "/" : directory.value() + "/");
    }

    boolean isHidden() {
        return value.equals(SERVICE_AREA) || value.startsWith(SERVICE_AREA + "/");
    }

    private static ErrorResponseException invalid(String field, String message) {
        return Problem.VALIDATION_FAILED.at(field, message);
    }
}
