package io.sluice.itemservice.item;

import io.sluice.itemservice.annotation.AnnotationQueries;
import io.sluice.kit.access.DatasetClient;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.auth.Requires;
import io.sluice.kit.error.Problem;
import io.sluice.kit.query.Query;
import io.sluice.kit.query.QueryParser;
import io.sluice.kit.representation.RowByRow;
import io.sluice.kit.web.PublicUrl;
import io.swagger.v3.oas.annotations.Hidden;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Everything that matches in one answer, an array without end in sight: read from the database as fast as the client takes
 * it. Documented where the pages are, whose parameter {@link #ALL} leads here.
 */
@Hidden
@RestController
@RequestMapping("/api/v1/datasets/{datasetId}")
class AllItemsController {

    /** The parameter that asks for all instead of a page. */
    static final String ALL = "all";

    /** The members of an item, in their order: what a table of unknown length has for columns. */
    static final List<String> COLUMNS = List.of(
            "id",
            "datasetId",
            "type",
            "filename",
            "name",
            "dir",
            "hidden",
            "spec",
            "creator",
            "createdAt",
            "updatedAt",
            "updatedBy",
            "annotated",
            "annotationsCount",
            "description",
            "url",
            "dataset",
            "stream",
            "thumbnail",
            "annotations",
            "srcItem",
            "srcDataset",
            "metadata");

    private static final List<String> COLUMNS_OF_ANNOTATIONS = List.of(
            "id",
            "url",
            "type",
            "label",
            "attributes",
            "coordinates",
            "metadata",
            "creator",
            "createdAt",
            "updatedBy",
            "updatedAt",
            "itemId",
            "item",
            "datasetId",
            "dataset",
            "hash",
            "source",
            "description",
            "srcAnnotation",
            "labelSuggestions");

    /** Both mean the order of ids ({@link Items}). */
    private static final Set<String> BY_ID = Set.of("id", "createdAt");

    private static final Map<String, @Nullable Object> VISIBLE_FILES =
            Map.of("filter", Map.of("hidden", false, "type", Item.FILE));

    private final Items items;
    private final QueryParser queries;
    private final AnnotationQueries annotations;
    private final ItemsJson json;
    private final StreamProperties properties;
    private final DatasetClient datasets;
    private final PublicUrl publicUrl;

    AllItemsController(
            Items items,
            QueryParser queries,
            AnnotationQueries annotations,
            ItemsJson json,
            StreamProperties properties,
            DatasetClient datasets,
            PublicUrl publicUrl) {
        this.items = items;
        this.queries = queries;
        this.annotations = annotations;
        this.json = json;
        this.properties = properties;
        this.datasets = datasets;
        this.publicUrl = publicUrl;
    }

    @GetMapping(path = "/items", params = ALL + "=true")
    @Requires(Permission.READ_ITEM)
    Mono<Void> list(@PathVariable String datasetId, Caller caller, ServerWebExchange exchange) {
        return answer(datasetId, VISIBLE_FILES, caller, exchange);
    }

    /** The rights of the whole operation: those for changes are asked for where there are any. */
    @PostMapping(path = "/query", params = ALL + "=true")
    @Requires({Permission.READ_ITEM, Permission.UPDATE_ITEM, Permission.DELETE_ITEM, Permission.ANNOTATE_ITEM})
    Mono<Void> query(
            @PathVariable String datasetId,
            @RequestBody Map<String, @Nullable Object> body,
            Caller caller,
            ServerWebExchange exchange) {
        return answer(datasetId, body, caller, exchange);
    }

    private Mono<Void> answer(
            String datasetId, Map<String, @Nullable Object> body, Caller caller, ServerWebExchange exchange) {
        return datasets.require(caller, datasetId, Permission.READ_ITEM).then(Mono.defer(() -> {
            Query query = checked(queries.parse(body, DatasetItemsController.ITEMS, DatasetItemsController.JOINS));
            boolean ascending = query.sort().isEmpty() || query.sort().get(0).ascending();
            String api = publicUrl.api(exchange.getRequest());
            return query.resource().equals(AnnotationQueries.RESOURCE)
                    ? write(
                            json.array(annotations.all(datasetId, query.filter(), ascending, api)),
                            COLUMNS_OF_ANNOTATIONS,
                            properties,
                            exchange)
                    : write(
                            json.array(items.all(datasetId, query.filter(), ascending), new ItemsJson.Spelling(api)),
                            COLUMNS,
                            properties,
                            exchange);
        }));
    }

    private static Query checked(Query query) {
        if (!DatasetItemsController.JOINS.containsKey(query.resource())) {
            throw Problem.UNSUPPORTED.at("resource", "must be items or annotations");
        }
        if (query.isChange()) {
            throw Problem.UNSUPPORTED.at(ALL, "is for reading; what changes items reaches all that match without it");
        }
        if (query.select() != null) {
            throw Problem.UNSUPPORTED.at("select", "is for pages; all items come whole");
        }
        if (!query.sort().isEmpty() && !BY_ID.contains(query.sort().get(0).path())) {
            throw Problem.UNSUPPORTED.at(
                    "sort." + query.sort().get(0).path(), "all items come in the order of id or createdAt only");
        }
        return query;
    }

    /** Answers with an array that is in these pieces. */
    static Mono<Void> write(
            Flux<byte[]> array, List<String> columns, StreamProperties properties, ServerWebExchange exchange) {
        ServerHttpResponse response = exchange.getResponse();
        response.getHeaders().setContentType(MediaType.APPLICATION_JSON);
        // Held back by nobody for a tag, and kept by nobody.
        response.getHeaders().setCacheControl(CacheControl.noStore());
        RowByRow.answer(response, columns);
        if (exchange.getRequest().getMethod() == HttpMethod.HEAD) {
            return response.setComplete();
        }
        Flux<DataBuffer> pieces = RowByRow.inBuffers(array, response.bufferFactory());
        return response.writeWith(TakenInTime.of(pieces, properties.longestSilence()));
    }
}
