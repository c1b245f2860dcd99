package dev.sallyport.relay.upstream.balance;

import java.util.List;

/** Looks past the endpoints that were tried. */
final class Untried {
    private Untried() {}

    static int count(EndpointState[] endpoints, List<EndpointState> tried) {
        if (tried.isEmpty()) {
            return endpoints.length;
        }
        int count = 0;
        for (EndpointState endpoint : endpoints) {
            if (!isTried(endpoint, tried)) {
                count++;
            }
        }
        return count;
    }

    /** The endpoint that has {@code index} untried ones before it. */
    static EndpointState at(EndpointState[] endpoints, List<EndpointState> tried, int index) {
        if (tried.isEmpty()) {
            return endpoints[index];
        }
        int left = index;
        for (EndpointState endpoint : endpoints) {
            if (!isTried(endpoint, tried) && left-- == 0) {
                return endpoint;
            }
        }
        throw new IndexOutOfBoundsException(index);
    }

    static boolean isTried(EndpointState endpoint, List<EndpointState> tried) {
        for (int i = 0; i < tried.size(); i++) {
            if (tried.get(i) == endpoint) {
                return true;
            }
        }
        return false;
    }
}
