package io.sluice.gateway.docs;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class DocumentMergeTests {

    private static final JsonMapper JSON = new JsonMapper();

    private final DocumentMerge merge =
            new DocumentMerge(document("{'openapi':'3.1.0','paths':{},'tags':[{'name':'Users'}]}"));

    @Test
    void collectsThePublicPathsOfAllServices() {
        merge.add("auth-service", document("{'paths':{'/token':{'post':{}},'/internal/jwks.json':{'get':{}}}}"));
        merge.add(
                "item-service",
                document("{'paths':{'/api/v1/items/{itemId}':{'get':{}},'/actuator/health':{'get':{}}}}"));

        assertThat(merge.document().path("paths").propertyNames()).containsExactly("/token", "/api/v1/items/{itemId}");
    }

    @Test
    void collectsTheOperationsOfAPathThatTwoServicesAnswer() {
        merge.add("dataset-service", document("{'paths':{'/api/v1/x':{'get':{'operationId':'a'}}}}"));
        merge.add("item-service", document("{'paths':{'/api/v1/x':{'post':{'operationId':'b'}}}}"));

        assertThat(merge.document().at("/paths/~1api~1v1~1x").propertyNames()).containsExactly("get", "post");
    }

    @Test
    void keepsWhatIsEqualOnce() {
        merge.add("auth-service", document("{'components':{'schemas':{'Problem':{'type':'object'}}}}"));
        merge.add("item-service", document("{'components':{'schemas':{'Problem':{'type':'object'}}}}"));

        assertThat(merge.document().at("/components/schemas").propertyNames()).containsExactly("Problem");
    }

    @Test
    void putsTheServiceInFrontOfANameThatMeansSomethingElse() {
        merge.add("dataset-service", document("{'components':{'schemas':{'Page':{'title':'of datasets'}}}}"));
        merge.add("item-service", document("""
                {'paths':{'/api/v1/items':{'get':{'schema':{'$ref':'#/components/schemas/Page'}}}},
                 'components':{'schemas':{'Page':{'title':'of items'}}}}
                """));

        assertThat(merge.document().at("/components/schemas").propertyNames()).containsExactly("Page", "ItemPage");
        assertThat(merge.document()
                        .at("/paths/~1api~1v1~1items/get/schema/$ref")
                        .asString())
                .isEqualTo("#/components/schemas/ItemPage");
    }

    @Test
    void somethingDiffersWhenWhatItRefersToDiffers() {
        String list = "'List':{'items':{'$ref':'#/components/schemas/Entry'}}";
        merge.add("dataset-service", document("{'components':{'schemas':{" + list + ",'Entry':{'title':'dataset'}}}}"));
        merge.add("item-service", document("{'components':{'schemas':{" + list + ",'Entry':{'title':'item'}}}}"));

        JsonNode schemas = merge.document().at("/components/schemas");
        assertThat(schemas.propertyNames()).containsExactly("List", "Entry", "ItemList", "ItemEntry");
        assertThat(schemas.at("/ItemList/items/$ref").asString()).isEqualTo("#/components/schemas/ItemEntry");
        assertThat(schemas.at("/List/items/$ref").asString()).isEqualTo("#/components/schemas/Entry");
    }

    @Test
    void everyOperationHasAnIdOfItsOwn() {
        merge.add("dataset-service", document("{'paths':{'/api/v1/a':{'get':{'operationId':'get'}}}}"));
        merge.add("item-service", document("{'paths':{'/api/v1/b':{'get':{'operationId':'get'}}}}"));

        assertThat(merge.document().at("/paths/~1api~1v1~1a/get/operationId").asString())
                .isEqualTo("get");
        assertThat(merge.document().at("/paths/~1api~1v1~1b/get/operationId").asString())
                .isEqualTo("item_get");
    }

    @Test
    void namesEachTagOnce() {
        merge.add("auth-service", document("{'tags':[{'name':'Users','description':'again'},{'name':'Sign-in'}]}"));

        assertThat(merge.document().path("tags"))
                .extracting(tag -> tag.path("name").asString())
                .containsExactly("Users", "Sign-in");
    }

    private static ObjectNode document(String json) {
        return (ObjectNode) JSON.readTree(json.replace('\'', '"'));
    }
}
