package io.parley.support.testing.campaign;

import java.time.Duration;

/**
 * Something that breaks, or is mended, amid the traffic.
 *
 * @param after how long the traffic runs before it, undisturbed since the last one
 * @param action blocks until it has happened
 */
public record Fault(String name, Duration after, Runnable action) {
    public static Fault after(Duration calm, String name, Runnable action) {
        return new Fault(name, calm, action);
    }
}
