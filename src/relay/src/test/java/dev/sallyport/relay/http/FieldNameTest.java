package dev.sallyport.relay.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FieldNameTest {
    private static int idOf(String name) {
        byte[] bytes = Arrays.copyOf(name.getBytes(StandardCharsets.ISO_8859_1), name.length() + 8);
        return FieldName.idOf(bytes, 0, name.length());
    }

    @Test
    void theHashIsPerfect() {
        Set<Integer> slots = new HashSet<>();
        for (FieldName name : FieldName.values()) {
            byte[] bytes = name.lowerCase().getBytes(StandardCharsets.ISO_8859_1);
            assertThat(slots.add(FieldName.slot(bytes, 0, bytes.length)))
                    .as(name.name())
                    .isTrue();
        }
        assertThat(FieldName.values()).hasSizeLessThanOrEqualTo(Long.SIZE);
    }

    @Test
    void findsEachNameWhateverItsCase() {
        for (FieldName name : FieldName.values()) {
            String lower = name.lowerCase();
            assertThat(idOf(lower)).isEqualTo(name.ordinal());
            assertThat(idOf(lower.toUpperCase(Locale.ROOT))).isEqualTo(name.ordinal());
            assertThat(FieldName.of(lower)).isEqualTo(name);
            assertThat(new String(name.prefix(), StandardCharsets.ISO_8859_1)).isEqualToIgnoringCase(lower + ": ");
        }
    }

    @Test
    void noOtherTokenIsTakenForAName() {
        String tokens = "!#$%&'*+-.^_`|~019azAZ";
        for (FieldName name : FieldName.values()) {
            String lower = name.lowerCase();
            assertThat(idOf(lower + "x")).isNotEqualTo(name.ordinal());
            assertThat(idOf(lower.substring(1))).isNotEqualTo(name.ordinal());
            for (int i = 0; i < lower.length(); i++) {
                for (char other : tokens.toCharArray()) {
                    String changed = lower.substring(0, i) + other + lower.substring(i + 1);
                    int expected = changed.toLowerCase(Locale.ROOT).equals(lower) ? name.ordinal() : -1;
                    assertThat(idOf(changed)).as(changed).isEqualTo(expected);
                }
            }
        }
        assertThat(FieldName.of("x")).isNull();
        assertThat(FieldName.of("")).isNull();
        assertThat(FieldName.of("Host")).isNull();
    }
}
