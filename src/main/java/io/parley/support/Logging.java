package io.parley.support;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.core.joran.spi.JoranException;
import java.net.URL;
import org.slf4j.LoggerFactory;

/**
 * Sets up the log as the configuration says. What is logged how stands in {@code logback.xml}, which reads two system
 * properties; before {@link #apply} it logs plainly at level info. An operator may bring a file of his own with
 * {@code -Dlogback.configurationFile}, which then decides alone.
 */
public final class Logging {
    private static final String FORMAT = "parley.log.format";
    private static final String LEVEL = "parley.log.level";

    private Logging() {}

    /** Call once at start; blocks for some ten milliseconds. */
    public static void apply(Config.Log log) {
        System.setProperty("hazelcast.logging.type", "slf4j");
        if (System.getProperty("logback.configurationFile") != null) {
            return;
        }
        System.setProperty(FORMAT, log.format());
        System.setProperty(LEVEL, log.level());
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        URL file = Logging.class.getResource("/logback.xml");
        JoranConfigurator configurator = new JoranConfigurator();
        configurator.setContext(context);
        context.reset();
        try {
            configurator.doConfigure(file);
        } catch (JoranException defect) {
            throw new IllegalStateException("logback.xml is broken", defect);
        }
        context.start();
    }

    /** Writes what is still queued; the last step of a stopping node. */
    public static void stop() {
        ((LoggerContext) LoggerFactory.getILoggerFactory()).stop();
    }
}
