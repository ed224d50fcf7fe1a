package io.sluice.itemservice.item;

import io.sluice.kit.mongo.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The directories of a dataset below its root (contract core §4.4).
 *
 * @param value the directory
 * @param children the directories in it
 */
record DirectoryTree(Node value, List<DirectoryTree> children) {

    /** A directory; the root is no stored item and has no id. */
    record Node(@Nullable String id, String name, String dir, String filename, String type, JsonObject metadata) {

        static Node of(Item directory) {
            return new Node(
                    directory.id(),
                    directory.name(),
                    directory.dir(),
                    directory.filename(),
                    Item.DIRECTORY,
                    directory.metadata());
        }
    }

    private static DirectoryTree node(Node value) {
        return new DirectoryTree(value, new ArrayList<>());
    }

    /** @param directories in any order in which a parent comes before its children */
    static Mono<DirectoryTree> of(Flux<Item> directories) {
        Node root = new Node(null, "/", "/", "/", Item.DIRECTORY, JsonObject.EMPTY);
        return directories
                .collect(() -> new HashMap<>(Map.of("/", node(root))), DirectoryTree::add)
                .map(nodes -> nodes.get("/"));
    }

    private static void add(Map<String, DirectoryTree> nodes, Item directory) {
        DirectoryTree node = node(Node.of(directory));
        nodes.put(directory.filename(), node);
        DirectoryTree parent = nodes.get(directory.dir());
        // A directory whose parent was deleted at this moment is about to go, too.
        if (parent != null) {
            parent.children().add(node);
        }
    }
}
