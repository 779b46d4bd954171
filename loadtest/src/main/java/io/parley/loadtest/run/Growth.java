package io.parley.loadtest.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.loadtest.report.Figures;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** How figures change over a long run: the slopes of the straight lines that fit its steps best. */
final class Growth {
    private static final int FEWEST = 4;
    private static final double SECONDS_PER_HOUR = 3_600;
    private static final Map<String, String> FIGURES = Map.of(
            "residentMbPerHour", "residentMb",
            "heapMbPerHour", "heapFloorMb",
            "receiveP95MsPerHour", "receive.p95Ms");

    private Growth() {}

    private record Point(double hours, double figure) {}

    /** Nothing if there are too few steps to speak of a slope; without those figures that not all steps have. */
    static Optional<ObjectNode> of(List<? extends JsonNode> steps) {
        if (steps.size() < FEWEST) {
            return Optional.empty();
        }
        ObjectNode growth = Figures.object();
        FIGURES.forEach((name, figure) -> {
            List<Point> points = points(steps, figure);
            if (points.size() == steps.size()) {
                growth.put(name, slope(points));
            }
        });
        return Optional.of(growth);
    }

    private static List<Point> points(List<? extends JsonNode> steps, String figure) {
        return steps.stream()
                .filter(step -> Figures.find(step, figure).isPresent())
                .map(step -> point(step, Figures.find(step, figure)))
                .toList();
    }

    private static Point point(JsonNode step, OptionalDouble figure) {
        return new Point(step.path("at").asDouble() / SECONDS_PER_HOUR, figure.orElse(0));
    }

    private static double slope(List<Point> points) {
        double meanTime = points.stream().mapToDouble(Point::hours).average().orElse(0);
        double meanFigure = points.stream().mapToDouble(Point::figure).average().orElse(0);
        double above = 0;
        double below = 0;
        for (Point point : points) {
            double time = point.hours() - meanTime;
            above += time * (point.figure() - meanFigure);
            below += time * time;
        }
        return below == 0 ? 0 : Figures.rounded(above / below, 3);
    }
}
