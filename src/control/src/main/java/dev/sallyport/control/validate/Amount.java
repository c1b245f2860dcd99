package dev.sallyport.control.validate;

import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * A quantity with its canonical text, which is what the API server stores: no fraction, and the largest unit that allows that.
 *
 * @param value in cores or bytes
 * @param text such as {@code 1500m}, {@code 2} or {@code 128Mi}
 */
public record Amount(BigDecimal value, String text) {
    private static final String[] BINARY = {"", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"};
    private static final String[] DECIMAL = {"n", "u", "m", "", "k", "M", "G", "T", "P", "E"};
    private static final BigDecimal KIBI = BigDecimal.valueOf(1024);
    private static final BigDecimal NANO = BigDecimal.ONE.movePointLeft(9);

    /** {@code quantity}, rounded up to a thousand-millionth. */
    static Amount of(Quantity quantity) {
        BigDecimal value = quantity.getNumericalAmount();
        boolean binary = quantity.getFormat().endsWith("i");
        return new Amount(value, binary && isWhole(value) ? binary(value) : decimal(value));
    }

    /** A number of bytes in binary units. */
    static String ofBytes(long bytes) {
        return binary(BigDecimal.valueOf(bytes));
    }

    private static String binary(BigDecimal value) {
        int unit = 0;
        BigDecimal rest = value;
        while (unit + 1 < BINARY.length && rest.signum() != 0 && isWhole(rest.divide(KIBI))) {
            rest = rest.divide(KIBI);
            unit++;
        }
        return rest.setScale(0, RoundingMode.UNNECESSARY).toPlainString() + BINARY[unit];
    }

    private static String decimal(BigDecimal value) {
        BigDecimal rest = value.divide(NANO, 0, RoundingMode.CEILING);
        int unit = 0;
        while (unit + 1 < DECIMAL.length && (rest.signum() == 0 ? unit < 3 : isWhole(rest.movePointLeft(3)))) {
            rest = rest.movePointLeft(3);
            unit++;
        }
        return rest.setScale(0, RoundingMode.UNNECESSARY).toPlainString() + DECIMAL[unit];
    }

    private static boolean isWhole(BigDecimal value) {
        return value.stripTrailingZeros().scale() <= 0;
    }
}
