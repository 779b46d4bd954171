package io.parley.bus;

/** The answer of an action that has nothing to say but that it is done. */
public record Nothing() {
    public static final Nothing NOTHING = new Nothing();
}
