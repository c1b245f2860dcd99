package dev.sallyport.relay.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.model.request.Ascii;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceStateTest {
    private static final String KEY = "k".repeat(256);
    private static final String VALUE = "v".repeat(256);

    private static boolean isSound(String list) {
        return TraceState.isSound(Ascii.of(list));
    }

    private static String members(int count) {
        return IntStream.range(0, count).mapToObj(i -> "k" + i + "=" + i).collect(Collectors.joining(","));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a=b",
                "0=~",
                "foo@=1,bar=2",
                "a_-*/@z9= !\"#$%&'()*+-./:;<>?@[\\]^_`{|}~",
                " \t a=b \t , \tc= d\t",
                "a=b,,c=d, ,",
                "a=b,a=b"
            })
    void takesLists(String list) {
        assertThat(isSound(list)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                ",",
                " , ,\t",
                "a",
                "=",
                "=b",
                "a=",
                "a= ",
                "a=b,c",
                "a=b,c=,d=e",
                "foo =1",
                "FOO=1",
                "a.b=1",
                "@a=1",
                "_a=1",
                "a=b=c",
                "a=b\tc",
                "a=\u00e9",
                "\u00e9=a",
                "a=\u007f",
                "a=b;c=d",
                "a==b"
            })
    void takesNothingElse(String list) {
        assertThat(isSound(list)).isFalse();
    }

    @Test
    void holdsTheLimits() {
        assertThat(isSound(KEY + "=" + VALUE)).isTrue();
        assertThat(isSound(KEY + "k=v")).isFalse();
        assertThat(isSound("k=" + VALUE + "v")).isFalse();
        assertThat(isSound(members(32) + ", ,")).isTrue();
        assertThat(isSound(members(33))).isFalse();
    }

    @Test
    void judgesAsTheGrammarDoes() {
        Pattern member = Pattern.compile("[a-z0-9][a-z0-9_\\-*/@]{0,255}=[ -+\\--<>-~]{0,255}[!-+\\--<>-~]");
        char[] octets = "az09_@AZ.= ,\t~\u007f\u00e9".toCharArray();
        SplittableRandom random = new SplittableRandom(3);
        int sound = 0;
        for (int round = 0; round < 200_000; round++) {
            String list = IntStream.range(0, random.nextInt(12))
                    .mapToObj(i -> i % 4 == 1 && random.nextInt(3) > 0
                            ? "="
                            : String.valueOf(octets[random.nextInt(octets.length)]))
                    .collect(Collectors.joining());
            String[] members = Arrays.stream(list.split(",", -1))
                    .map(each -> each.replaceAll("^[ \t]+|[ \t]+$", ""))
                    .filter(each -> !each.isEmpty())
                    .toArray(String[]::new);
            boolean expected = members.length > 0
                    && Arrays.stream(members)
                            .allMatch(each -> member.matcher(each).matches());
            sound += expected ? 1 : 0;
            assertThat(isSound(list)).as(list).isEqualTo(expected);
        }
        assertThat(sound).isGreaterThan(1_000);
    }
}
