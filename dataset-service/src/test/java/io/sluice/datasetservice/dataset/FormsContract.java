package io.sluice.datasetservice.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.datasetservice.ApiContract;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.EntityExchangeResult;
import org.springframework.test.web.reactive.server.WebTestClient.RequestBodySpec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The same journey in JSON and in XML. */
abstract class FormsContract extends ApiContract {

    private static final String DATASETS = "/api/v1/datasets";

    private static final String METADATA = """
            {"metadata":{"odd key":[1.50,null,[],{},""],"":"<&>","big":123456789012345678901234567890,"a":{"b":[true]}}}""";

    private static final String METADATA_IN_XML = """
            <json>
              <metadata>
                <member name="odd key" type="array">
                  <i type="number">1.50</i><i type="null"/><i type="array"/><i type="object"/><i/>
                </member>
                <member name="">&lt;&amp;&gt;</member>
                <big type="number">123456789012345678901234567890</big>
                <a><b type="array"><i type="boolean">true</i></b></a>
              </metadata>
            </json>""";

    private final String ann = person("ann");

    /** What one answer was: the same in both forms, but for what no two answers have in common. */
    private record Answer(int status, JsonNode body) {}

    @Test
    void givesTheSameResultsInJsonAndInXml() {
        List<Answer> inJson = new Journey(MediaType.APPLICATION_JSON).taken();
        List<Answer> inXml = new Journey(MediaType.APPLICATION_XML).taken();

        assertThat(inXml).isEqualTo(inJson);
        assertThat(inJson).extracting(Answer::status).containsExactly(201, 201, 200, 200, 412, 200, 200, 400, 204, 404);
    }

    @Test
    void changesByTheTagThatTheOtherFormShowed() {
        String path = DATASETS + "/" + dataset(ann, project(ann));
        String json = tag(path, MediaType.APPLICATION_JSON);
        String xml = tag(path, MediaType.APPLICATION_XML);

        assertThat(xml).isNotEqualTo(json);
        changed(path, xml, MediaType.APPLICATION_JSON, 200);
        changed(path, json, MediaType.APPLICATION_XML, 412);
        changed(path, tag(path, MediaType.APPLICATION_JSON), MediaType.APPLICATION_XML, 200);
    }

    private String tag(String path, MediaType type) {
        return eTag(as(ann).get().uri(path).accept(type).exchange());
    }

    private void changed(String path, String tag, MediaType type, int status) {
        as(ann).patch()
                .uri(path)
                .accept(type)
                .header(HttpHeaders.IF_MATCH, tag)
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue("{\"name\":\"" + unique("renamed") + "\"}")
                .exchange()
                .expectStatus()
                .isEqualTo(status);
    }

    /** Create, read, change, list, delete. */
    private final class Journey {

        private final MediaType type;
        private final List<Answer> answers = new ArrayList<>();
        private String lastTag = "";

        Journey(MediaType type) {
            this.type = type;
        }

        List<Answer> taken() {
            String projectName = unique("project");
            String projectId = send(
                            HttpMethod.POST,
                            "/api/v1/projects",
                            "{\"name\":\"" + projectName + "\"}",
                            "<json><name>" + projectName + "</name></json>")
                    .path("id")
                    .stringValue();
            String name = unique("dataset");
            String datasetId = send(
                            HttpMethod.POST,
                            DATASETS,
                            "{\"name\":\"" + name + "\",\"projects\":[\"" + projectId
                                    + "\"],\"createDefaultRecipe\":true}",
                            "<json><name>" + name + "</name><projects type=\"array\"><i>" + projectId
                                    + "</i></projects><createDefaultRecipe type=\"boolean\">true</createDefaultRecipe></json>")
                    .path("id")
                    .stringValue();
            String path = DATASETS + "/" + datasetId;
            send(HttpMethod.GET, path, null, null);
            String first = lastTag;
            send(HttpMethod.PATCH, path, METADATA, METADATA_IN_XML, first);
            send(HttpMethod.PATCH, path, METADATA, METADATA_IN_XML, first);
            send(HttpMethod.GET, DATASETS + "?projects=" + projectId, null, null);
            send(
                    HttpMethod.POST,
                    DATASETS + "/query",
                    "{\"resource\":\"datasets\",\"filter\":{\"$and\":[{\"id\":\"" + datasetId + "\"}]}}",
                    "<json><resource>datasets</resource><filter><member name=\"$and\" type=\"array\"><i><id>"
                            + datasetId + "</id></i></member></filter></json>");
            send(
                    HttpMethod.PATCH,
                    path,
                    "{\"expirationOptions\":{\"itemMaxDays\":\"many\"}}",
                    "<json><expirationOptions><itemMaxDays>many</itemMaxDays></expirationOptions></json>");
            send(HttpMethod.DELETE, path, null, null);
            send(HttpMethod.GET, path, null, null);
            return answers;
        }

        private JsonNode send(HttpMethod method, String path, @Nullable String json, @Nullable String xml) {
            return send(method, path, json, xml, null);
        }

        private JsonNode send(
                HttpMethod method, String path, @Nullable String json, @Nullable String xml, @Nullable String tag) {
            RequestBodySpec request = as(ann).method(method).uri(path).accept(type);
            if (tag != null) {
                request.header(HttpHeaders.IF_MATCH, tag);
            }
            String body = type.equals(MediaType.APPLICATION_XML) ? xml : json;
            if (body != null) {
                request.contentType(type).bodyValue(body);
            }
            EntityExchangeResult<byte[]> result =
                    request.exchange().expectBody().returnResult();
            lastTag = Objects.requireNonNullElse(result.getResponseHeaders().getETag(), "");
            JsonNode answer = tree(result);
            answers.add(new Answer(result.getStatus().value(), alike(answer)));
            return answer;
        }

        private JsonNode tree(EntityExchangeResult<byte[]> result) {
            byte[] body = result.getResponseBody();
            if (body == null) {
                return JsonMapper.shared().nullNode();
            }
            assertThat(result.getResponseHeaders().getContentType())
                    .satisfies(is -> assertThat(String.valueOf(is)).contains(type.getSubtype()));
            return type.equals(MediaType.APPLICATION_XML)
                    ? XmlTree.read(body)
                    : JsonMapper.shared().readTree(body);
        }

        /** Without ids, times and addresses. */
        private JsonNode alike(JsonNode answer) {
            return JsonMapper.shared()
                    .readTree(answer.toString()
                            .replaceAll("[0-9a-f]{8}-[0-9a-f-]{27}", "UUID")
                            .replaceAll("\\b[0-9a-f]{24}\\b", "ID")
                            .replaceAll("(created|updated)At\":\\d+", "$1At\":0")
                            .replaceAll("\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z", "TIME"));
        }
    }
}
