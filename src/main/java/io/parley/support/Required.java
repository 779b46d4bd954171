package io.parley.support;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds what a caller has left out of a record: a component is required unless its type says {@code @Nullable}, the
 * same mark that the compiler goes by.
 */
final class Required {
    private record Part(String name, RecordComponent component, boolean optional) {}

    private static final ClassValue<List<Part>> PARTS = new ClassValue<>() {
        @Override
        protected List<Part> computeValue(Class<?> type) {
            List<Part> parts = new ArrayList<>();
            for (RecordComponent component : type.getRecordComponents()) {
                component.getAccessor().setAccessible(true);
                parts.add(new Part(
                        component.getName(),
                        component,
                        component.getAnnotatedType().isAnnotationPresent(Nullable.class)));
            }
            return parts;
        }
    };

    private Required() {}

    /** @throws AppError {@code validation_failed} naming all fields that are missing */
    static void check(@Nullable Object value) {
        List<AppError.FieldError> missing = new ArrayList<>();
        look(value, "", missing);
        if (!missing.isEmpty()) {
            throw AppError.invalid(missing);
        }
    }

    private static void look(@Nullable Object value, String path, List<AppError.FieldError> missing) {
        if (value instanceof Record) {
            for (Part part : PARTS.get(value.getClass())) {
                Object field = read(part.component(), value);
                String name = path.isEmpty() ? part.name() : path + "." + part.name();
                if (field == null && !part.optional()) {
                    missing.add(new AppError.FieldError(name, "required", "is missing"));
                }
                look(field, name, missing);
            }
        } else if (value instanceof Collection<?> items) {
            int index = 0;
            for (Object item : items) {
                String name = path + "[" + index++ + "]";
                if (item == null) {
                    missing.add(new AppError.FieldError(name, "type", "must not be null"));
                }
                look(item, name, missing);
            }
        }
    }

    private static @Nullable Object read(RecordComponent component, Object value) {
        try {
            return component.getAccessor().invoke(value);
        } catch (ReflectiveOperationException defect) {
            throw new IllegalStateException(defect);
        }
    }
}
