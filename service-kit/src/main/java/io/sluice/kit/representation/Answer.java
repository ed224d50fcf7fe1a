package io.sluice.kit.representation;

import io.sluice.kit.web.WholeBody;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A response whose JSON leaves in the form that was asked for. The bytes of an item are no form of anything and leave as
 * they are, also when they are JSON; they are told by their ranges.
 */
final class Answer extends ServerHttpResponseDecorator {

    private final Representation preferred;
    private final boolean isOurOwn;
    private boolean isTranslated;
    private @Nullable List<String> columns;

    /** @param isOurOwn whether more than failures can be ours; else the rest comes from elsewhere and passes */
    Answer(ServerHttpResponse response, Representation preferred, boolean isOurOwn) {
        super(response);
        this.preferred = preferred;
        this.isOurOwn = isOurOwn;
    }

    /** @param csv the columns of a list that is not to be held as a whole */
    void rowByRow(List<String> csv) {
        columns = List.copyOf(csv);
    }

    @Override
    public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
        boolean isProblem = is(MediaType.APPLICATION_PROBLEM_JSON);
        if (!announce()) {
            return super.writeWith(body);
        }
        if (preferred == Representation.XML && !(body instanceof Mono)) {
            return super.writeWith(pieces(body));
        }
        if (columns != null && !isProblem) {
            return super.writeWith(rows(body, preferred == Representation.CSV ? columns : null));
        }
        return super.writeWith(DataBufferUtils.join(Flux.from(body)).map(json -> whole(json, isProblem)));
    }

    @Override
    public Mono<Void> setComplete() {
        // The answer to HEAD, which has the headers only.
        announce();
        return super.setComplete();
    }

    /** Puts the headers of the form in the place of the JSON's; false when this answer leaves as it is, as failures do in lists. */
    private boolean announce() {
        boolean isProblem = is(MediaType.APPLICATION_PROBLEM_JSON);
        if (preferred == Representation.JSON || !isTranslatable() || isProblem && preferred != Representation.XML) {
            return false;
        }
        HttpHeaders headers = getHeaders();
        headers.setContentType(isProblem ? MediaType.APPLICATION_PROBLEM_XML : preferred.type());
        headers.remove(HttpHeaders.CONTENT_LENGTH);
        isTranslated = true;
        return true;
    }

    private DataBuffer whole(DataBuffer body, boolean isProblem) {
        byte[] json = WholeBody.bytesOf(body);
        byte[] translated = switch (preferred) {
            case JSON -> json;
            case XML -> isProblem ? JsonToXml.convertProblem(json) : JsonToXml.convert(json);
            case LINES -> Rows.asLines(json);
            case CSV -> Rows.asCsv(json);
        };
        getHeaders().setContentLength(translated.length);
        return bufferFactory().wrap(translated);
    }

    /** A long list never lies in memory as a whole, neither as JSON nor as XML. */
    private Flux<DataBuffer> pieces(Publisher<? extends DataBuffer> body) {
        return Flux.defer(() -> {
            JsonToXml.Pieces translation = new JsonToXml.Pieces();
            return Flux.from(body)
                    .map(json -> translation.next(WholeBody.bytesOf(json)))
                    .concatWith(Mono.fromSupplier(translation::last))
                    .filter(xml -> xml.length > 0)
                    .map(bufferFactory()::wrap);
        });
    }

    private Flux<DataBuffer> rows(Publisher<? extends DataBuffer> body, @Nullable List<String> csv) {
        return Flux.defer(() -> {
            RowPieces rows = new RowPieces(csv);
            Flux<byte[]> pieces = Flux.from(body)
                    .map(json -> rows.next(WholeBody.bytesOf(json)))
                    .concatWith(Mono.fromSupplier(rows::last));
            return RowByRow.inBuffers(pieces, bufferFactory());
        });
    }

    /** Before the first byte leaves: what a cache must know. */
    Mono<Void> describe() {
        boolean isUnchanged = isOurOwn && getStatusCode() == HttpStatus.NOT_MODIFIED && !hasRanges();
        if (isTranslated || isUnchanged || isTranslatable()) {
            vary();
        }
        HttpHeaders headers = getHeaders();
        String tag = headers.getETag();
        if (tag != null && preferred != Representation.JSON && (isTranslated || isUnchanged)) {
            headers.setETag(EntityTags.of(preferred, tag));
        }
        return Mono.empty();
    }

    private void vary() {
        List<String> others = getHeaders().getVary();
        if (others.stream().noneMatch(name -> name.equals("*") || name.equalsIgnoreCase(HttpHeaders.ACCEPT))) {
            List<String> names = new ArrayList<>(others);
            names.add(HttpHeaders.ACCEPT);
            getHeaders().setVary(names);
        }
    }

    private boolean isTranslatable() {
        return is(MediaType.APPLICATION_PROBLEM_JSON) || isOurOwn && !hasRanges() && is(MediaType.APPLICATION_JSON);
    }

    private boolean hasRanges() {
        return getHeaders().containsHeader(HttpHeaders.ACCEPT_RANGES);
    }

    private boolean is(MediaType wanted) {
        @Nullable MediaType type = getHeaders().getContentType();
        return type != null && type.equalsTypeAndSubtype(wanted);
    }
}
