package io.parley.support;

import java.util.List;
import java.util.stream.Collectors;

/**
 * The configuration cannot be used. Carries all that is wrong with it, so that an operator corrects it in one go; its
 * message is one line for each, ready to be printed. It never contains a value, which might be a secret.
 */
public final class ConfigError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<String> problems;

    ConfigError(List<String> problems) {
        super(
                problems.stream()
                        .map(problem -> "parley: configuration: " + problem)
                        .collect(Collectors.joining("\n")),
                null,
                false,
                false);
        this.problems = List.copyOf(problems);
    }

    /** Each as {@code path: what is wrong}. */
    public List<String> problems() {
        return problems;
    }
}
