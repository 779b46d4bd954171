package io.parley.loadtest.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** A plot of curves over one axis, as a card with a title, an SVG picture and a key. */
final class Chart {
    private static final double WIDTH = 520;
    private static final double HEIGHT = 210;
    private static final double LEFT = 46;
    private static final double RIGHT = WIDTH - 8;
    private static final double TOP = 10;
    private static final double BOTTOM = HEIGHT - 24;
    private static final int MOST_POINTS = 600;
    /** So that the labels of marks have room. */
    private static final double HEADROOM = 1.06;

    private final String title;
    private final String unit;
    private final String xUnit;
    private final boolean log;
    private final double[] xs;
    private final List<Curve> curves = new ArrayList<>();
    private final List<Mark> marks = new ArrayList<>();
    private final List<Double> limits = new ArrayList<>();
    private List<Mark> xTicks = List.of();

    /** @param ys beside the xs of the chart; NaN: there is none */
    @SuppressWarnings("ArrayRecordComponent")
    private record Curve(String name, int colour, double[] ys) {}

    /** Something at a place of the x axis. */
    record Mark(double x, String label) {}

    /** @param log whether the y axis is logarithmic */
    Chart(String title, String unit, String xUnit, boolean log, double[] xs) {
        this.title = title;
        this.unit = unit;
        this.xUnit = xUnit;
        this.log = log;
        this.xs = xs;
    }

    /** Left out if it has no point at all. */
    Chart curve(String name, int colour, double[] ys) {
        if (Arrays.stream(ys).anyMatch(y -> !Double.isNaN(y))) {
            curves.add(new Curve(name, colour, ys));
        }
        return this;
    }

    /** Left out if it never rises above 0. */
    Chart rare(String name, int colour, double[] ys) {
        return Arrays.stream(ys).anyMatch(y -> y > 0) ? curve(name, colour, ys) : this;
    }

    /** Vertical lines. */
    Chart marks(List<Mark> more) {
        marks.addAll(more);
        return this;
    }

    /** A horizontal line. */
    Chart limit(double y) {
        limits.add(y);
        return this;
    }

    /** Labels of the x axis in place of the usual ones. */
    Chart xTicks(List<Mark> ticks) {
        xTicks = ticks;
        return this;
    }

    /** HTML; empty if there is nothing to show. */
    String html() {
        if (curves.isEmpty() || xs.length < 2) {
            return "";
        }
        Chart thin = thinned();
        return "<div class=\"card\"><h3>" + Html.escape(title) + " <span class=\"unit\">" + Html.escape(unit)
                + "</span></h3>\n" + thin.svg() + thin.key() + "</div>\n";
    }

    /** Long runs have more seconds than the picture has dots: of several the worst, or the mean, is shown. */
    private Chart thinned() {
        int each = (xs.length + MOST_POINTS - 1) / MOST_POINTS;
        if (each == 1) {
            return this;
        }
        int count = (xs.length + each - 1) / each;
        double[] fewer = new double[count];
        Arrays.setAll(fewer, i -> xs[i * each]);
        Chart thin = new Chart(title, unit, xUnit, log, fewer).marks(marks).xTicks(xTicks);
        thin.limits.addAll(limits);
        for (Curve curve : curves) {
            double[] ys = new double[count];
            Arrays.setAll(ys, i -> {
                double[] some = Arrays.copyOfRange(curve.ys(), i * each, Math.min(xs.length, (i + 1) * each));
                return (log
                                ? Arrays.stream(some)
                                        .filter(y -> !Double.isNaN(y))
                                        .max()
                                : Arrays.stream(some)
                                        .filter(y -> !Double.isNaN(y))
                                        .average())
                        .orElse(Double.NaN);
            });
            thin.curves.add(new Curve(curve.name(), curve.colour(), ys));
        }
        return thin;
    }

    private double[] figures() {
        return curves.stream()
                .flatMapToDouble(curve -> Arrays.stream(curve.ys()))
                .filter(y -> !Double.isNaN(y))
                .toArray();
    }

    private String svg() {
        double[] figures = figures();
        double highest = Arrays.stream(figures).max().orElse(1);
        double lowest = Arrays.stream(figures).filter(y -> y > 0).min().orElse(1);
        Scale y = log ? Scale.logarithmic(lowest, highest, BOTTOM, TOP) : Scale.linear(highest * HEADROOM, BOTTOM, TOP);
        Scale x = Scale.exact(xs[0], xs[xs.length - 1], LEFT, RIGHT);
        StringBuilder svg = new StringBuilder(String.format(
                Locale.ROOT,
                "<svg viewBox=\"0 0 %.0f %.0f\" role=\"img\" aria-label=\"%s\" data-x=\"%s\" data-left=\"%.0f\""
                        + " data-right=\"%.0f\" data-unit=\"%s\">",
                WIDTH,
                HEIGHT,
                Html.escape(title),
                json(xs),
                LEFT,
                RIGHT,
                Html.escape(xUnit)));
        for (double tick : y.ticks()) {
            svg.append(line("grid", LEFT, y.at(tick), RIGHT, y.at(tick)));
            svg.append(text(LEFT - 6, y.at(tick) + 4, "end", brief(tick)));
        }
        for (Mark tick : xTicks.isEmpty() ? usual(x) : xTicks) {
            svg.append(text(x.at(tick.x()), HEIGHT - 7, "middle", tick.label()));
        }
        for (Mark mark : marks) {
            svg.append(line("mark", x.at(mark.x()), TOP, x.at(mark.x()), BOTTOM));
            svg.append(text(x.at(mark.x()) + 3, TOP + 8, "start", mark.label()));
        }
        for (double limit : limits) {
            if (limit <= y.high()) {
                svg.append(line("limit", LEFT, y.at(limit), RIGHT, y.at(limit)));
            }
        }
        svg.append(line("axis", LEFT, BOTTOM, RIGHT, BOTTOM));
        curves.forEach(curve -> svg.append(path(curve, x, y)));
        return svg.append(line("hair", LEFT, TOP, LEFT, BOTTOM))
                .append("</svg>\n")
                .toString();
    }

    private List<Mark> usual(Scale x) {
        return x.ticks().stream().map(tick -> new Mark(tick, brief(tick))).toList();
    }

    private String path(Curve curve, Scale x, Scale y) {
        StringBuilder path = new StringBuilder();
        boolean drawing = false;
        for (int i = 0; i < xs.length; i++) {
            if (Double.isNaN(curve.ys()[i])) {
                drawing = false;
            } else {
                path.append(String.format(
                        Locale.ROOT, drawing ? "L%.1f %.1f" : "M%.1f %.1fh0", x.at(xs[i]), y.at(curve.ys()[i])));
                drawing = true;
            }
        }
        return "<path class=\"curve\" style=\"stroke:" + colour(curve) + "\" d=\"" + path + "\"/>";
    }

    private static String colour(Curve curve) {
        return "var(--c" + curve.colour() + ")";
    }

    private String key() {
        StringBuilder key = new StringBuilder("<div class=\"key\">");
        for (Curve curve : curves) {
            key.append("<span data-y=\"")
                    .append(json(curve.ys()))
                    .append("\"><i style=\"background:")
                    .append(colour(curve))
                    .append("\"></i>")
                    .append(Html.escape(curve.name()))
                    .append("<b></b></span>");
        }
        return key.append("<span data-at></span></div>\n").toString();
    }

    private static String json(double[] values) {
        StringBuilder json = new StringBuilder("[");
        for (double value : values) {
            json.append(json.length() == 1 ? "" : ",").append(Double.isNaN(value) ? "null" : Html.escape(plain(value)));
        }
        return json.append(']').toString();
    }

    private static String plain(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : String.format(Locale.ROOT, "%.3f", value);
    }

    private static String line(String kind, double x1, double y1, double x2, double y2) {
        return String.format(
                Locale.ROOT,
                "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>",
                kind,
                x1,
                y1,
                x2,
                y2);
    }

    private static String text(double x, double y, String anchor, String label) {
        return String.format(
                Locale.ROOT,
                "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>",
                x,
                y,
                anchor,
                Html.escape(label));
    }

    /** 1200 as 1.2k. */
    static String brief(double value) {
        if (Math.abs(value) >= 1e6) {
            return trimmed(value / 1e6) + "M";
        }
        return Math.abs(value) >= 1e3 ? trimmed(value / 1e3) + "k" : trimmed(value);
    }

    private static String trimmed(double value) {
        return String.format(Locale.ROOT, "%.3f", value).replaceFirst("\\.?0+$", "");
    }
}
