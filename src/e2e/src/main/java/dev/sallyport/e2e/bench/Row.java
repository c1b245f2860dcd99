package dev.sallyport.e2e.bench;

import java.util.List;

/**
 * One line of the table.
 *
 * @param name what is done
 * @param unit what is counted
 * @param load does it
 * @param subjects who is measured
 */
record Row(String name, String unit, Load load, List<Subject> subjects) {
    /**
     * A proxy, and the port on which it is reached.
     *
     * @param peer whether the relay is set against it
     */
    record Subject(String proxy, int port, boolean peer) {
        static Subject ours(String proxy, int port) {
            return new Subject(proxy, port, false);
        }

        static Subject peer(String proxy, int port) {
            return new Subject(proxy, port, true);
        }
    }

    /** Puts load on one port for a while. */
    @FunctionalInterface
    interface Load {
        Done on(int port) throws Exception;
    }

    /**
     * What a load did.
     *
     * @param units how many
     * @param failed how many were not answered as they should be
     * @param p50Micros half took less; 0 where nobody measured
     * @param p99Micros 99 of 100 took less
     */
    record Done(double units, long failed, double p50Micros, double p99Micros) {}

    /** What one proxy took, in one round. */
    record Taken(double cpuMicrosPerUnit, double unitsPerSecond, Done done) {}

    /**
     * What one proxy took, in the median of the rounds.
     *
     * @param peer whether the relay is set against it
     * @param residentMebibytes after the last round
     */
    record Result(
            String row,
            String unit,
            String proxy,
            boolean peer,
            double cpuMicrosPerUnit,
            double unitsPerSecond,
            double p50Micros,
            double p99Micros,
            long failed,
            double residentMebibytes) {
        static Result of(Row row, Subject subject, List<Taken> rounds, long residentKibibytes) {
            return new Result(
                    row.name(),
                    row.unit(),
                    subject.proxy(),
                    subject.peer(),
                    median(rounds.stream().map(Taken::cpuMicrosPerUnit).toList()),
                    median(rounds.stream().map(Taken::unitsPerSecond).toList()),
                    median(rounds.stream()
                            .map(taken -> taken.done().p50Micros())
                            .toList()),
                    median(rounds.stream()
                            .map(taken -> taken.done().p99Micros())
                            .toList()),
                    rounds.stream().mapToLong(taken -> taken.done().failed()).sum(),
                    residentKibibytes / 1024.0);
        }

        private static double median(List<Double> values) {
            List<Double> sorted = values.stream().sorted().toList();
            int middle = sorted.size() / 2;
            return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
        }
    }
}
