package dev.sallyport.model.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonTest {
    private static Json read(String json) throws MalformedJsonException {
        return Json.read(json.getBytes(UTF_8));
    }

    @Test
    void readsEveryKindOfValue() throws MalformedJsonException {
        assertThat(read("{\"a\":[1,-2.5e3,\"x\\u00e4\",true,false,null],\"b\":{}}"))
                .isEqualTo(new Json.Members(Map.of(
                        "a",
                        new Json.Items(List.of(
                                new Json.Number("1", true),
                                new Json.Number("-2.5e3", false),
                                new Json.Text("x\u00e4"),
                                new Json.Flag(true),
                                new Json.Flag(false),
                                Json.NOTHING)),
                        "b",
                        new Json.Members(Map.of()))));
        assertThat(read("")).isEqualTo(Json.NOTHING);
    }

    @Test
    void overlooksWhatIsOfAnotherKind() throws MalformedJsonException {
        Json value = read("{\"text\":\"t\",\"number\":7,\"large\":99999999999,\"flag\":true}");
        assertThat(value.at("text").text("")).isEqualTo("t");
        assertThat(value.at("number").number(0)).isEqualTo(7);
        assertThat(value.at("flag").flag(false)).isTrue();
        assertThat(value.at("large").number(1)).isEqualTo(1);
        assertThat(value.at("text").number(2)).isEqualTo(2);
        assertThat(value.at("number").text("none")).isEqualTo("none");
        assertThat(value.at("number").flag(true)).isTrue();
        assertThat(value.at("gone").at("deeper").items()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"a":1            | it ends too early at line 1, column 7
            {"a":1,"a":2}     | Duplicate field 'a' at line 1, column 11
            [1] [2]           | more follows the value at line 1, column 5
            """)
    void saysWhereItIsMalformed(String json, String message) {
        assertThatThrownBy(() -> read(json))
                .isInstanceOf(MalformedJsonException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"a"}
            {a:1}
            [1,]
            nul
            'x'
            01
            NaN
            "\\x"
            """)
    void takesNothingThatIsNoJson(String json) {
        assertThatThrownBy(() -> read(json)).isInstanceOf(MalformedJsonException.class);
    }

    @Test
    void boundsNestingAndNumbers() {
        for (String json : List.of("[".repeat(100_000), "{\"a\":".repeat(100_000), "1".repeat(100_000))) {
            assertThatThrownBy(() -> read(json)).isInstanceOf(MalformedJsonException.class);
        }
    }
}
