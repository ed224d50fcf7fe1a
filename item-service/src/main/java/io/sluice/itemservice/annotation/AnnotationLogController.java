package io.sluice.itemservice.annotation;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.auth.Requires;
import io.sluice.kit.error.Problem;
import io.sluice.kit.link.Link;
import io.sluice.kit.mongo.JsonObject;
import io.sluice.kit.paging.Cursor;
import io.sluice.kit.web.PublicUrl;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** Who has made, changed and deleted the annotations of an item (contract ml, Annotation Logs). */
@RestController
@Tag(name = "Annotation Logs")
class AnnotationLogController {

    private static final int MOST = 1_000;
    private static final Pattern EVENT_ID = Pattern.compile("[0-9a-f]{36}");

    private final AnnotationAccess access;
    private final AnnotationLog log;
    private final PublicUrl publicUrl;

    AnnotationLogController(AnnotationAccess access, AnnotationLog log, PublicUrl publicUrl) {
        this.access = access;
        this.log = log;
        this.publicUrl = publicUrl;
    }

    /**
     * An event.
     *
     * @param id the same however often it is told
     * @param user who did it
     * @param timestamp when
     * @param fields those that are different since then
     * @param changes the merge patch of them, without what would make it large; of a new annotation its type and label
     * @param deleted true when the annotation was deleted, else left out
     */
    record EventView(
            String id,
            String annotationId,
            String user,

            @JsonFormat(pattern = "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", timezone = "UTC")
            Instant timestamp,

            List<String> fields,
            JsonObject changes,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Boolean deleted) {

        private static EventView of(AnnotationEvent event) {
            return new EventView(
                    event.id(),
                    event.annotationId(),
                    event.by(),
                    event.at(),
                    event.change().fields(),
                    event.change().patch(),
                    event.isDeletion() ? true : null);
        }
    }

    @GetMapping("/api/v1/datasets/{datasetId:[0-9a-f]{24}}/items/{itemId}/annotations-log")
    @Operation(
            summary = "Tell who has made, changed and deleted the annotations of an item",
            description =
                    "By the id of the annotation, the oldest event first. The rest is where the link with rel=next leads.")
    @Requires(Permission.READ_ITEM)
    Mono<ResponseEntity<Map<String, List<EventView>>>> log(
            @PathVariable String datasetId,
            @PathVariable String itemId,
            @Parameter(description = "Events of a page, at most 1,000") @RequestParam(defaultValue = "" + MOST)
                    int pageSize,
            @Parameter(description = "Where to go on: from a `next` link") @RequestParam(required = false) @Nullable
                    String cursor,
            Caller caller,
            ServerHttpRequest request) {
        if (pageSize < 1 || pageSize > MOST) {
            return Mono.error(Problem.VALIDATION_FAILED.at("pageSize", "must be from 1 to " + MOST));
        }
        String after = cursor == null ? "" : placeOf(cursor);
        String address =
                publicUrl.api(request) + "/datasets/" + datasetId + "/items/" + itemId + "/annotations-log?pageSize=";
        return access.toItem(itemId, caller, Permission.READ_ITEM)
                .flatMap(item -> log.of(item.id(), after, pageSize))
                .map(part -> reply(part, address + pageSize + "&" + Cursor.PARAMETER + "="));
    }

    private static String placeOf(String cursor) {
        Cursor place = Cursor.parse(cursor);
        if (!place.isAfter() || !EVENT_ID.matcher(place.key()).matches()) {
            throw Problem.VALIDATION_FAILED.at(Cursor.PARAMETER, "must be that of a link of the list");
        }
        return place.key();
    }

    private static ResponseEntity<Map<String, List<EventView>>> reply(AnnotationLog.Part part, String address) {
        Map<String, List<EventView>> events = new LinkedHashMap<>();
        part.events()
                .forEach(event -> events.computeIfAbsent(event.annotationId(), id -> new ArrayList<>())
                        .add(EventView.of(event)));
        ResponseEntity.BodyBuilder reply =
                ResponseEntity.ok().cacheControl(CacheControl.noCache().cachePrivate());
        if (part.next() != null) {
            reply.header(HttpHeaders.LINK, new Link(address + new Cursor(part.next(), true), "next").toString());
        }
        return reply.body(events);
    }
}
