package io.parley.loadtest.probe;

/**
 * What a group of processes has used.
 *
 * @param cpuNanos since they began
 * @param residentKb memory in RAM; pages that they share are counted for each
 */
public record Usage(long cpuNanos, long residentKb) {
    static final Usage NONE = new Usage(0, 0);

    Usage plus(Usage other) {
        return new Usage(cpuNanos + other.cpuNanos, residentKb + other.residentKb);
    }
}
