package io.parley.loadtest.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parley.loadtest.report.Figures;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** How figures change over a long run: the slopes of the straight lines that fit its steps best. */
final class Growth {
    private static final int FEWEST = 4;
    private static final double SECONDS_PER_HOUR = 3_600;

    private Growth() {}

    /** How it stood at the end of a step. */
    record Point(double hours, double residentMb, double heapMb, double receiveP95Ms) {
        static Point of(JsonNode line) {
            return new Point(
                    line.path("at").asDouble() / SECONDS_PER_HOUR,
                    line.path("residentMb").asDouble(),
                    line.path("heapFloorMb").asDouble(),
                    line.path("receiveMs").path("p95").asDouble());
        }
    }

    /** Nothing if there are too few steps to speak of a slope. */
    static Optional<ObjectNode> of(List<Point> points) {
        if (points.size() < FEWEST) {
            return Optional.empty();
        }
        return Optional.of(Figures.object()
                .put("residentMbPerHour", slope(points, Point::residentMb))
                .put("heapMbPerHour", slope(points, Point::heapMb))
                .put("receiveP95MsPerHour", slope(points, Point::receiveP95Ms)));
    }

    private static double slope(List<Point> points, ToDoubleFunction<Point> figure) {
        double meanTime = points.stream().mapToDouble(Point::hours).average().orElse(0);
        double meanFigure = points.stream().mapToDouble(figure).average().orElse(0);
        double above = 0;
        double below = 0;
        for (Point point : points) {
            double time = point.hours() - meanTime;
            above += time * (figure.applyAsDouble(point) - meanFigure);
            below += time * time;
        }
        return below == 0 ? 0 : Figures.rounded(above / below, 3);
    }
}
