package io.sluice.modelservice.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

class ModelConfigurationTests {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final TypeReference<Map<String, Object>> OBJECT = new TypeReference<>() {};

    @Test
    void hasDefaultsThatFitMostModels() {
        ModelConfiguration configuration = read("{'input':{},'output':{}}");

        assertThat(configuration.input())
                .isEqualTo(new InputConfiguration.Image(
                        null,
                        InputConfiguration.Resize.STRETCH,
                        null,
                        null,
                        null,
                        InputConfiguration.LimitType.MIN,
                        1,
                        null,
                        null,
                        null,
                        List.of(0.0, 0.0, 0.0),
                        List.of(1.0, 1.0, 1.0),
                        List.of(114.0, 114.0, 114.0),
                        null));
        assertThat(configuration.output()).isEqualTo(new OutputConfiguration.Classification(null, null, 1, 0));
    }

    @Test
    void takesLabelsFromTheMapBeforeThoseOfTheModel() {
        ModelConfiguration mapped =
                ModelConfiguration.of(Map.of("id_to_label_map", Map.of("1", "sheep")), List.of("goat"));
        ModelConfiguration listed = ModelConfiguration.of(Map.of("epochs", 3), List.of("goat", "sheep"));

        assertThat(mapped.label(1)).isEqualTo("sheep");
        assertThat(mapped.label(0)).isEqualTo("class 0");
        assertThat(listed.label(1)).isEqualTo("sheep");
        assertThat(listed.input()).isNull();
    }

    @Test
    void saysWhichFieldIsWrongAndHow() {
        assertRefused("{'input':{'resize':'crop'}}", "configuration.input.resize must be stretch, letterbox or none");
        assertRefused("{'input':{'kind':'video'}}", "configuration.input.kind must be image, text, bytes or tensor");
        assertRefused(
                "{'output':{'kind':'text'}}",
                "configuration.output.kind must be classification, detection, segmentation, textDetection, embedding or raw");
        assertRefused("{'input':{'std':[1,0,1]}}", "configuration.input.std must not be 0");
        assertRefused("{'input':{'mean':[1,'x',1]}}", "configuration.input.mean[1] must be a number from");
        assertRefused("{'output':{'kind':'raw','top':1}}", "configuration.output.top is not known here: only kind");
        assertRefused("{'id_to_label_map':{'01':'x'}}", "configuration.id_to_label_map.01 must be named by a number");
    }

    /** What the published schema takes, the parser takes, and what it refuses is refused. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{'input':{},'output':{},'anything':[1]}",
                "{'input':[],'output':{}}",
                "{'input':{'kind':'image','resize':'letterbox','width':10,'height':20,'color':'bgr','layout':'nhwc'}}",
                "{'input':{'width':10}}",
                "{'input':{'width':10,'height':10,'limitSide':20}}",
                "{'input':{'limitSide':736,'limitType':'max','multipleOf':32,'scale':0.5,'mean':[0.5],'std':0.5}}",
                "{'input':{'limitSide':0}}",
                "{'input':{'limitSide':1.5}}",
                "{'input':{'std':0}}",
                "{'input':{'std':[1,2,0]}}",
                "{'input':{'mean':[1,2]}}",
                "{'input':{'padColor':256}}",
                "{'input':{'batchSize':16}}",
                "{'input':{'batchSize':0}}",
                "{'input':{'resize':'STRETCH'}}",
                "{'input':{'colour':'rgb'}}",
                "{'input':{'kind':'text','tokenizer':'t.json','maxLength':128}}",
                "{'input':{'kind':'text','width':3}}",
                "{'input':{'kind':'text','tokenizer':''}}",
                "{'input':{'kind':'bytes','begin':512,'end':0,'padding':0,'strip':false}}",
                "{'input':{'kind':'bytes','padding':257}}",
                "{'input':{'kind':'tensor'}}",
                "{'input':{'kind':'tensor','name':'x'}}",
                "{'input':{'kind':'sound'}}",
                "{'output':{'kind':'classification','softmax':true,'top':5,'threshold':0.1,'output':'y'}}",
                "{'output':{'softmax':'auto'}}",
                "{'output':{'threshold':1.1}}",
                "{'output':{'kind':'detection','layout':'yolov8','iou':0.5,'perClass':false,'suppress':true,'most':10}}",
                "{'output':{'kind':'detection','format':'cxcywh','relative':true,'boxes':'b','scores':'s','classes':'c'}}",
                "{'output':{'kind':'detection','layout':'yolo'}}",
                "{'output':{'kind':'segmentation','form':'mask','background':-1,'leastArea':10,'threshold':0.5}}",
                "{'output':{'kind':'segmentation','form':'box'}}",
                "{'output':{'kind':'textDetection','threshold':0.3,'boxThreshold':0.5,'unclipRatio':1.6,'dilate':true}}",
                "{'output':{'kind':'textDetection','label':'line','most':5,'output':'m'}}",
                "{'output':{'kind':'embedding','normalize':true}}",
                "{'output':{'kind':'embedding','normalize':'yes'}}",
                "{'output':{'kind':'raw'}}",
                "{'output':{'kind':'raw','output':'y'}}",
                "{'id_to_label_map':{'0':'cat','17':'dog'}}",
                "{'id_to_label_map':{'cat':'0'}}",
                "{'id_to_label_map':{'0':1}}",
                "{'id_to_label_map':['cat']}",
                "{'runtime':{'kind':'remote','server':'gpu','model':'resnet-50_v1.5','version':'2'}}",
                "{'runtime':{'kind':'remote','server':'gpu'}}",
                "{'runtime':{'kind':'remote','server':'gpu','model':'../other'}}",
                "{'runtime':{'kind':'remote','url':'http://10.0.0.1','model':'m'}}",
                "{'runtime':{'server':'gpu','model':'m'}}",
                "{'runtime':'remote'}"
            })
    void agreesWithItsSchema(String text) {
        Map<String, Object> configuration = JSON.readValue(text.replace('\'', '"'), OBJECT);

        assertThat(isRead(configuration)).isEqualTo(isOfSchema(configuration));
    }

    private static boolean isRead(Map<String, Object> configuration) {
        try {
            ModelConfiguration.of(configuration, List.of());
            return true;
        } catch (InvalidConfiguration refused) {
            return false;
        }
    }

    private static boolean isOfSchema(Map<String, Object> configuration) {
        try {
            ConfigurationSchema.require(configuration);
            return true;
        } catch (InvalidConfiguration refused) {
            return false;
        }
    }

    /** Each member of each form by itself, with values at its bounds, beyond them and of other types. */
    @TestFactory
    Stream<DynamicTest> agreesWithItsSchemaOnEachMember() {
        return Stream.of("input", "output")
                .flatMap(of -> forms(of).stream()
                        .flatMap(form -> members(form).entrySet().stream()
                                .filter(member -> !member.getKey().equals("kind"))
                                .map(member -> dynamicTest(
                                        of + " " + kind(form) + " " + member.getKey(),
                                        () -> agreesOn(of, kind(form), member.getKey(), member.getValue())))));
    }

    private static void agreesOn(String of, String kind, String name, Object schema) {
        List<Object> values = new ArrayList<>(List.of(
                true, "", "x", -1, 0, 1, 0.5, 1e6 + 1, 1e10, Map.of(), List.of(), List.of(1, 1), List.of(1, 2, 3)));
        for (Object bound : numbers(schema)) {
            double number = ((Number) bound).doubleValue();
            values.addAll(List.of(bound, number - 1, number + 1, number - 1e-6, number + 1e-6));
        }
        if (((Map<?, ?>) schema).get("enum") instanceof List<?> words) {
            values.addAll(words);
        }
        int taken = 0;
        for (Object value : values) {
            Map<String, Object> configuration = Map.of(of, Map.of("kind", kind, name, value));
            boolean isRead = isRead(configuration);
            taken += isRead ? 1 : 0;
            assertThat(isOfSchema(configuration)).as(configuration.toString()).isEqualTo(isRead);
            if (!isRead) {
                assertThatThrownBy(() -> ConfigurationSchema.require(configuration))
                        .as(configuration.toString())
                        .hasMessageStartingWith("configuration." + of);
            }
        }
        // Width and height need each other.
        assertThat(taken).isBetween(name.equals("width") || name.equals("height") ? 0 : 1, values.size() - 1);
    }

    private static List<Object> numbers(Object schema) {
        List<Object> numbers = new ArrayList<>();
        if (schema instanceof Map<?, ?> keywords) {
            keywords.forEach((keyword, said) -> {
                if (said instanceof Number && !keyword.equals("default")) {
                    numbers.add(said);
                } else {
                    numbers.addAll(numbers(said));
                }
            });
        } else if (schema instanceof List<?> list) {
            list.forEach(one -> numbers.addAll(numbers(one)));
        }
        return numbers;
    }

    private static List<Map<String, Object>> forms(String of) {
        Map<String, Object> schema = JSON.readValue(ConfigurationSchema.document(), OBJECT);
        return list(object(object(schema.get("properties")).get(of)).get("oneOf"));
    }

    private static Map<String, Object> members(Map<String, Object> form) {
        return object(form.get("properties"));
    }

    private static String kind(Map<String, Object> form) {
        return (String) Objects.requireNonNull(object(members(form).get("kind")).get("const"));
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> object(@Nullable Object value) {
        return (Map<String, Object>) Objects.requireNonNull(value);
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> list(@Nullable Object value) {
        return (List<Map<String, Object>>) Objects.requireNonNull(value);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'input':null} | configuration.input",
                "{'output':{'kind':'textDetection','most':null}} | configuration.output.most",
                "{'output':{'kind':'textDetection','top':1}} | configuration.output.top",
                "{'input':{'mean':[0,null,0]}} | configuration.input.mean[1]",
                "{'id_to_label_map':{'x':'y'}} | configuration.id_to_label_map.x",
            })
    void itsSchemaNamesTheFieldThatItRefuses(String text, String field) {
        assertThatThrownBy(() -> ConfigurationSchema.require(JSON.readValue(text.replace('\'', '"'), OBJECT)))
                .isInstanceOfSatisfying(
                        InvalidConfiguration.class,
                        refused -> assertThat(refused.field()).isEqualTo(field));
    }

    @Test
    void whatTheDocumentationShowsIsAsItsSchemaSays() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "models.md"));
        List<String> examples = Pattern.compile("```json\n(.*?)```", Pattern.DOTALL)
                .matcher(page)
                .results()
                .map(example -> example.group(1))
                .toList();
        assertThat(examples).isNotEmpty().allSatisfy(example -> {
            Map<String, Object> configuration = JSON.readValue(example, OBJECT);
            ConfigurationSchema.require(configuration);
            ModelConfiguration.of(configuration, List.of());
        });

        for (Map<String, Object> form : forms("input")) {
            String row = page.lines()
                    .filter(line -> line.startsWith("| `" + kind(form) + "` |"))
                    .findFirst()
                    .orElseThrow();
            String cells = row.substring(row.lastIndexOf('|', row.length() - 2)).replaceAll("\\([^)]*\\)", "");
            List<String> shown = Pattern.compile("`(\\w+)`")
                    .matcher(cells)
                    .results()
                    .map(member -> member.group(1))
                    .toList();
            assertThat(members(form).keySet()).as(row).containsAll(shown);
        }
    }

    private static void assertRefused(String configuration, String message) {
        assertThatThrownBy(() -> read(configuration))
                .isInstanceOf(InvalidConfiguration.class)
                .hasMessageStartingWith(message);
    }

    private static ModelConfiguration read(String text) {
        return ModelConfiguration.of(JSON.readValue(text.replace('\'', '"'), OBJECT), List.of());
    }
}
