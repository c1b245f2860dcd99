package dev.sallyport.relay.trace;

import dev.sallyport.model.request.Ascii;
import dev.sallyport.relay.http.Octets;

/** The list of what tracing systems say of a trace, each under its key (W3C Trace Context, section 3.3). It goes on as it is, or not at all. */
final class TraceState {
    private static final int MOST_MEMBERS = 32;
    private static final int LONGEST_KEY = 256;
    private static final int LONGEST_VALUE = 256;

    private TraceState() {}

    /** Whether a combined value says something, and is a list as it should be. Members may be empty, and have blanks around them. */
    static boolean isSound(Ascii list) {
        int members = 0;
        for (int start = 0; start <= list.length(); ) {
            int end = start;
            while (end < list.length() && list.at(end) != ',') {
                end++;
            }
            int from = start;
            int to = end;
            while (from < to && Octets.isBlank(list.at(from))) {
                from++;
            }
            while (to > from && Octets.isBlank(list.at(to - 1))) {
                to--;
            }
            if (from < to && (++members > MOST_MEMBERS || !isMember(list, from, to))) {
                return false;
            }
            start = end + 1;
        }
        return members > 0;
    }

    private static boolean isMember(Ascii list, int from, int to) {
        int equals = from;
        while (equals < to && isKey(list.at(equals), equals == from)) {
            equals++;
        }
        int key = equals - from;
        int value = to - equals - 1;
        if (key < 1 || key > LONGEST_KEY || value < 1 || value > LONGEST_VALUE || list.at(equals) != '=') {
            return false;
        }
        for (int i = equals + 1; i < to; i++) {
            int octet = list.at(i);
            if (octet < ' ' || octet > '~' || octet == '=') {
                return false;
            }
        }
        return true;
    }

    private static boolean isKey(int octet, boolean first) {
        return Octets.isDigit(octet)
                || octet >= 'a' && octet <= 'z'
                || !first && (octet == '_' || octet == '-' || octet == '*' || octet == '/' || octet == '@');
    }
}
