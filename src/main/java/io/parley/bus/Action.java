package io.parley.bus;

/**
 * A request of one kind of verticle to another: its name on the bus and the types of question and answer. Both are
 * records, immutable, passed by reference inside a node and as JSON between nodes.
 *
 * @param <I> question
 * @param <O> answer
 */
public record Action<I extends Record, O extends Record>(String name, Class<I> input, Class<O> output) {
    public static <I extends Record, O extends Record> Action<I, O> of(String name, Class<I> input, Class<O> output) {
        return new Action<>(name, input, output);
    }
}
