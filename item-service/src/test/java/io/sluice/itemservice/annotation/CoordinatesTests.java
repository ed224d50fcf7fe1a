package io.sluice.itemservice.annotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.web.ErrorResponseException;
import tools.jackson.databind.json.JsonMapper;

class CoordinatesTests {

    private static final JsonMapper JSON = new JsonMapper();

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            box          | [{"x":20.0,"y":10,"z":0},{"x":40.0,"y":30.0,"z":0}]
            box          | [{"x":20,"y":10},{"x":40,"y":30},45]
            box          | [{"x":20,"y":10}]
            box          | [{"x":1,"y":1},{"x":2,"y":1},{"x":2,"y":2},{"x":1,"y":2}]
            segment      | [[{"x":1,"y":2},{"x":3,"y":4}]]
            segment      | [[]]
            polyline     | [[{"x":1.5,"y":2}]]
            point        | {"x":1,"y":2,"z":0.0}
            class        | []
            class        | null
            ellipse      | {"angle":30.0,"center":{"x":1,"y":2,"z":0},"rx":3,"ry":4}
            cube         | {"front_tl":{"x":1,"y":1},"front_tr":{"x":1,"y":1},"front_br":{"x":1,"y":1},"front_bl":{"x":1,"y":1},"back_tl":{"x":1,"y":1},"back_tr":{"x":1,"y":1},"back_br":{"x":1,"y":1},"back_bl":{"x":1,"y":1},"angle":0}
            cube_3d      | {"position":{"x":1,"y":2,"z":3},"scale":{"x":1,"y":2,"z":3},"rotation":{"x":1,"y":2,"z":3}}
            pose         | {"templateId":"t","instanceId":null}
            subtitle     | {"text":"hello"}
            text_mark    | {"type":"block","label":"l","start":1,"end":2}
            text         | "an answer"
            note         | {"box":[{"x":0,"y":0,"z":0},{"x":1,"y":1,"z":0}],"note":{"messages":[],"status":"issue"}}
            ref_image    | {"ref":"https://example.org/a.png","refType":"url","mimetype":"image/png"}
            gis          | {"geo_type":"box","wgs84_geo_coordinates":[[[1.5,2],[3,4]]]}
            gis          | {"geo_type":"point","wgs84_geo_coordinates":[1.5,2]}
            comparison   | {"anything":[1,"x",null]}
            polyline_3d  | null
            of_tomorrow  | {"$where":"1","a.b":[[{}]]}
            """)
    void takesWhatTheSdkSends(String type, String coordinates) {
        assertThatCode(() -> Coordinates.require(type, parsed(coordinates), "coordinates"))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            box      | null                                      | coordinates
            box      | []                                        | coordinates
            box      | [45,{"x":1,"y":1}]                        | coordinates[0]
            box      | [{"x":1,"y":1},{"x":"1","y":1}]           | coordinates[1].x
            box      | [{"x":1,"y":1e999}]                       | coordinates[0].y
            segment  | []                                        | coordinates
            segment  | [{"x":1,"y":1}]                           | coordinates[0]
            segment  | [[{"x":1,"y":1},{"x":1}]]                 | coordinates[0][1].y
            polyline | [[{"x":1,"y":null}]]                      | coordinates[0][0].y
            point    | [1,2]                                     | coordinates
            point    | {"x":1}                                   | coordinates.y
            ellipse  | {"center":{"x":1,"y":2},"rx":3,"ry":4}    | coordinates.angle
            ellipse  | {"angle":1,"rx":3,"ry":4}                 | coordinates.center
            cube     | {"angle":0}                               | coordinates.front_tl
            cube_3d  | {"position":{"x":1,"y":2}}                | coordinates.position.z
            pose     | {"templateId":"t"}                        | coordinates.instanceId
            subtitle | {}                                        | coordinates.text
            text     | {"text":"x"}                              | coordinates
            note     | {"box":[{"x":0,"y":0}]}                   | coordinates.note
            ref_image | {"refType":"url"}                        | coordinates.ref
            gis      | {"geo_type":"point","wgs84_geo_coordinates":["1"]} | coordinates.wgs84_geo_coordinates[0]
            binary   | null                                      | coordinates
            binary   | "data:image/jpeg;base64,AAAA"             | coordinates
            binary   | "data:image/png;base64,???"               | coordinates
            binary   | "data:image/png;base64,AAAA"              | coordinates
            binary   | {"data":"AAAA"}                           | coordinates.data
            """)
    void saysWhatIsWrong(String type, String coordinates, String field) {
        assertThatThrownBy(() -> Coordinates.require(type, parsed(coordinates), "coordinates"))
                .isInstanceOfSatisfying(
                        ErrorResponseException.class,
                        refusal -> assertThat(refusal.getBody().getDetail()).startsWith(field + ": "));
    }

    @Test
    void takesAMaskAsTextOrInAnObject() {
        String mask = "data:image/png;base64," + Base64.getEncoder().encodeToString(png());

        assertThatCode(() -> {
                    Coordinates.require("binary", mask, "coordinates");
                    Coordinates.require("binary", JSON.readValue("{\"data\":\"" + mask + "\"}", Object.class), "c");
                })
                .doesNotThrowAnyException();
    }

    @Test
    void refusesAMaskThatIsCutShortOrTooLargeToBeDrawn() {
        byte[] cut = Arrays.copyOf(png(), png().length - 12);
        byte[] bomb = png();
        ByteBuffer.wrap(bomb).putInt(16, 60_000).putInt(20, 60_000);

        for (byte[] bytes : new byte[][] {cut, bomb}) {
            String mask = "data:image/png;base64," + Base64.getEncoder().encodeToString(bytes);
            assertThatThrownBy(() -> Coordinates.require("binary", mask, "coordinates"))
                    .isInstanceOf(ErrorResponseException.class)
                    .hasMessageContaining("PNG");
        }
    }

    private static byte[] png() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            ImageIO.write(new BufferedImage(3, 2, BufferedImage.TYPE_INT_ARGB), "png", bytes);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }

    private static @Nullable Object parsed(String json) {
        return JSON.readValue(json, Object.class);
    }
}
