package dev.sallyport.control.validate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PathsTest {
    @ParameterizedTest
    @CsvSource({
        "/, /",
        "/api, /api",
        "/api/, /api/",
        "//api///v1, /api/v1",
        "/a/./b/., /a/b/",
        "/a/../b, /b",
        "/a/b/.., /a/",
        "/%41%2d%7e, /A-~",
        "/%c3%a4, /%C3%A4",
        "/a;x=1/b, /a;x=1/b",
        "/..., /...",
        "/.%2e/..a, ",
    })
    void bringsPathsIntoNormalForm(String path, String normal) {
        assertThat(Paths.normal(path)).isEqualTo(normal);
        if (normal != null) {
            assertThat(Paths.normal(normal)).isEqualTo(normal);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "api",
                "*",
                "/a b",
                "/a?b",
                "/a#b",
                "/ä",
                "/%",
                "/%4",
                "/%zz",
                "/%２５",
                "/a%2fb",
                "/a%5Cb",
                "/%00",
                "/..",
                "/a/../..",
                "/..;a/b",
                "/.;/b",
                "/a\\b",
                "/a\"b"
            })
    void refusesWhatNoServedRequestHas(String path) {
        assertThat(Paths.normal(path)).isNull();
    }
}
