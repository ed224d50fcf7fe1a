package io.sluice.itemservice.item;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.itemservice.testing.Client;
import io.sluice.itemservice.testing.Connection;
import io.sluice.itemservice.testing.Form;
import io.sluice.itemservice.testing.Reply;
import io.sluice.itemservice.testing.RunningItemService;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.bson.types.ObjectId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who may do what: every operation with every kind of caller. */
abstract class AccessContract extends RunningItemService {

    private static final List<String> ROLES = List.of("annotator", "annotationmanager", "engineer", "owner");

    /** Everything that can be asked, and the first of {@link #ROLES} that may. */
    enum Operation {
        UPLOAD("engineer") {
            @Override
            Reply by(Client caller, String datasetId, String itemId) {
                return caller.upload(datasetId, "overwrite", Form.of("/new.txt").file("new"));
            }
        },
        MAKE_DIRECTORY_BY_FORM("engineer") {
            @Override
            Reply by(Client caller, String datasetId, String itemId) {
                return caller.postForm(items(datasetId), "type=dir&path=%2Fnew");
            }
        },
        MAKE_DIRECTORY_BY_JSON("engineer") {
            @Override
            Reply by(Client caller, String datasetId, String itemId) {
                return caller.post(items(datasetId), Map.of("type", "dir", "path", "/new"));
            }
        },
        MOVE_INTO_DIRECTORY("annotationmanager") {
            @Override
            Reply by(Client caller, String datasetId, String itemId) {
                return caller.put(items(datasetId) + "/" + itemId, List.of());
            }

            @Override
            boolean needsDirectory() {
                return true;
            }
        },
        LIST("annotator") {
            @Override
            Reply by(Client caller, String datasetId, String itemId) {
                return caller.get(items(datasetId));
            }
        },
        QUERY("annotator") {
            @Override
            Reply by(Client caller, String datasetId, String itemId) {
                return caller.query(datasetId, Map.of());
            }
        },
        UPDATE_BY_QUERY("annotationmanager") {
            @Override
            Reply by(Client caller, String datasetId, String itemId) {
                return caller.query(datasetId, Map.of("update", Map.of("metadata", Map.of("user", Map.of("k", 1)))));
            }
        },
        DELETE_BY_QUERY("engineer") {
            @Override
            Reply by(Client caller, String datasetId, String itemId) {
                return caller.query(datasetId, Map.of("delete", true));
            }
        },
        DIRECTORY_TREE("annotator") {
            @Override
            Reply by(Client caller, String datasetId, String itemId) {
                return caller.get("/api/v1/datasets/" + datasetId + "/directoryTree");
            }
        },
        GET("annotator") {
            @Override
            Reply by(Client caller, String datasetId, String itemId) {
                return caller.get("/api/v1/items/" + itemId);
            }
        },
        GET_BELOW_DATASET("annotator") {
            @Override
            Reply by(Client caller, String datasetId, String itemId) {
                return caller.get(items(datasetId) + "/" + itemId);
            }
        },
        UPDATE("annotationmanager") {
            @Override
            Reply by(Client caller, String datasetId, String itemId) {
                return caller.patch("/api/v1/items/" + itemId, Map.of("description", "new"));
            }
        },
        DELETE("engineer") {
            @Override
            Reply by(Client caller, String datasetId, String itemId) {
                return caller.delete("/api/v1/items/" + itemId);
            }
        },
        DOWNLOAD("annotator") {
            @Override
            Reply by(Client caller, String datasetId, String itemId) {
                return caller.get("/api/v1/items/" + itemId + "/stream");
            }
        };

        private final String leastRole;

        Operation(String leastRole) {
            this.leastRole = leastRole;
        }

        abstract Reply by(Client caller, String datasetId, String itemId);

        boolean needsDirectory() {
            return false;
        }

        boolean isAllowed(String role) {
            return ROLES.indexOf(role) >= ROLES.indexOf(leastRole);
        }

        /** Whether what is asked for is named by the id of an item, not by that of a dataset. */
        boolean namesAnItem() {
            return switch (this) {
                case GET, GET_BELOW_DATASET, UPDATE, DELETE, DOWNLOAD -> true;
                default -> false;
            };
        }

        private static String items(String datasetId) {
            return "/api/v1/datasets/" + datasetId + "/items";
        }
    }

    /** Else the time of the answer would tell which of the two it is. */
    @Test
    void asksAsMuchAboutAnItemThatIsNotThereAsAboutOneOfOthers() {
        String itemId = owner().upload(newDataset(), "/a.txt", "a").id();
        String visitor = "visitor-" + new ObjectId();

        Reply ofOthers = as(visitor).get("/api/v1/items/" + itemId);
        int questions = questionsAbout(visitor);
        Reply unknown = as(visitor).get("/api/v1/items/" + new ObjectId());

        assertThat(List.of(ofOthers.status(), unknown.status())).containsOnly(404);
        assertThat(questions).isOne();
        assertThat(questionsAbout(visitor)).isEqualTo(2 * questions);
    }

    @ParameterizedTest
    @EnumSource
    void refusesWhoHasNoToken(Operation operation) {
        String datasetId = newDataset();
        Reply reply = operation.by(nobody(), datasetId, item(operation, datasetId));

        assertThat(reply.status()).isEqualTo(401);
        assertThat(reply.header("content-type")).isEqualTo("application/problem+json");
        assertThat(reply.header("www-authenticate")).isEqualTo("Bearer");
        assertThat(reply.at("/message").asString()).isNotBlank();
    }

    @ParameterizedTest
    @EnumSource
    void looksToAStrangerAsIfNothingWereThere(Operation operation) {
        String datasetId = newDataset();
        String itemId = item(operation, datasetId);
        String otherDataset = "dead" + newDataset().substring(4);
        String otherItem = newDataset();

        Reply toAStranger = operation.by(as("stranger"), datasetId, itemId);
        Reply ofNothing = operation.by(owner(), operation.namesAnItem() ? datasetId : otherDataset, otherItem);

        assertThat(toAStranger.status()).isEqualTo(404);
        assertThat(ofNothing.status()).isEqualTo(404);
        assertThat(toAStranger.text().replace(datasetId, "D").replace(itemId, "I"))
                .isEqualTo(ofNothing
                        .text()
                        .replace(datasetId, "D")
                        .replace(otherDataset, "D")
                        .replace(otherItem, "I"));
    }

    @ParameterizedTest
    @EnumSource
    void goesByTheRoleOfAMember(Operation operation) {
        for (String role : ROLES) {
            String datasetId = newDataset();
            Reply reply = operation.by(as(role), datasetId, item(operation, datasetId));

            if (operation.isAllowed(role)) {
                assertThat(reply.status()).as(role).isBetween(200, 299);
            } else {
                assertThat(reply.status()).as(role).isEqualTo(403);
                assertThat(reply.at("/message").asString()).isNotBlank();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void changesNothingInALockedDataset(Operation operation) {
        String datasetId = newDataset();
        String itemId = item(operation, datasetId);
        lock(datasetId);

        Reply reply = operation.by(as("engineer"), datasetId, itemId);

        if (operation.isAllowed("annotator")) {
            assertThat(reply.status()).isEqualTo(200);
        } else {
            assertThat(reply.status()).isEqualTo(403);
            assertThat(reply.at("/message").asString()).contains("locked");
        }
    }

    @ParameterizedTest
    @EnumSource
    void refusesATokenOfAnotherService(Operation operation) {
        String datasetId = newDataset();

        assertThat(operation
                        .by(service(), datasetId, item(operation, datasetId))
                        .status())
                .isEqualTo(403);
    }

    /** Reactor Netty up to 1.3.7 forgot the connection (https://github.com/reactor/reactor-netty/issues/4361). */
    @Test
    void goesOnWithAConnectionAfterItRefusedARequestAtOnce() throws IOException {
        String itemId = owner().upload(newDataset(), "/file.txt", "hello").id();
        String path = "/api/v1/items/" + itemId;
        try (Connection connection = new Connection(port())) {
            connection.request("GET", path, owner().token()).request("GET", path, null);
            assertThat(connection.answer().status()).isEqualTo(200);
            assertThat(connection.answer().status()).isEqualTo(401);

            connection.request("GET", path, owner().token());

            assertThat(connection.answer().status()).isEqualTo(200);
        }
    }

    /** What the same user may do with another token is remembered, but for that one. */
    @Test
    void keepsANarrowedTokenToItsProjects() {
        String datasetId = newDataset();
        String path = "/api/v1/items/"
                + owner().upload(datasetId, "/file.txt", "hello").id();
        Client inside = narrowed("owner", null, List.of("6b0183990000000000001001"));
        Client outside = narrowed("owner", null, List.of("6b0183990000000000001002"));

        assertThat(owner().get(path).status()).isEqualTo(200);
        assertThat(inside.get(path).status()).isEqualTo(200);
        assertThat(outside.get(path).status()).isEqualTo(404);
        assertThat(outside.get(path + "/stream").status()).isEqualTo(404);
        assertThat(outside.delete(path).status()).isEqualTo(404);
        assertThat(outside.query(datasetId, Map.of("resource", "items")).status())
                .isEqualTo(404);
    }

    @Test
    void letsAReadingTokenChangeNothing() {
        String datasetId = newDataset();
        String path = "/api/v1/items/"
                + owner().upload(datasetId, "/file.txt", "hello").id();
        Client reading = narrowed("owner", "items:read", null);

        assertThat(reading.query(datasetId, Map.of("resource", "items")).status())
                .isEqualTo(200);
        assertThat(reading.query(datasetId, Map.of("resource", "items", "delete", true))
                        .status())
                .isEqualTo(403);
        assertThat(reading.query(datasetId, Map.of("resource", "items", "update", Map.of("metadata", Map.of("a", 1))))
                        .status())
                .isEqualTo(403);
        assertThat(reading.patch(path, Map.of("metadata", Map.of("a", 1))).status())
                .isEqualTo(403);
        assertThat(reading.delete(path).status()).isEqualTo(403);
        assertThat(reading.upload(datasetId, "skip", Form.of("/new.txt").file("new"))
                        .status())
                .isEqualTo(403);
        assertThat(narrowed("owner", "datasets:write", null).get(path).status()).isEqualTo(403);
        assertThat(owner().get(path).at("/metadata/a").isMissingNode()).isTrue();
    }

    private String item(Operation operation, String datasetId) {
        return operation.needsDirectory()
                ? owner().post("/api/v1/datasets/" + datasetId + "/items", Map.of("type", "dir", "path", "/directory"))
                        .id()
                : owner().upload(datasetId, "/file.txt", "hello").id();
    }
}
