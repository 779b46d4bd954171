package io.parley.support.testing;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Looks for a word in every column of every table that there is, so that no table can be forgotten. */
public final class Traces {
    private static final String COLUMNS = """
            SELECT c.table_schema, c.table_name, c.column_name
              FROM information_schema.columns c
              JOIN information_schema.tables t USING (table_schema, table_name)
             WHERE t.table_type = 'BASE TABLE' AND c.table_schema NOT IN ('pg_catalog', 'information_schema')
             ORDER BY 1, 2, c.ordinal_position""";

    private Traces() {}

    /** Columns in which the word stands, whatever its case, as {@code table.column}; of binary ones also as bytes. */
    public static List<String> of(Connection connection, String word) throws SQLException {
        Map<String, List<String>> tables = new LinkedHashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(COLUMNS);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                String table = "\"" + rows.getString(1) + "\".\"" + rows.getString(2) + "\"";
                tables.computeIfAbsent(table, first -> new ArrayList<>()).add(rows.getString(3));
            }
        }
        List<String> found = new ArrayList<>();
        for (Map.Entry<String, List<String>> table : tables.entrySet()) {
            found.addAll(inTable(connection, table.getKey(), table.getValue(), word));
        }
        return found;
    }

    private static List<String> inTable(Connection connection, String table, List<String> columns, String word)
            throws SQLException {
        String counts = columns.stream()
                .map(column -> "count(*) FILTER (WHERE lower(\"" + column + "\"::text) LIKE '%' || ? || '%'" + " OR \""
                        + column + "\"::text LIKE '%' || encode(convert_to(?, 'UTF8'), 'hex') || '%')")
                .collect(Collectors.joining(", "));
        List<String> found = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement("SELECT " + counts + " FROM " + table)) {
            for (int i = 0; i < columns.size(); i++) {
                statement.setString(2 * i + 1, word.toLowerCase(Locale.ROOT));
                statement.setString(2 * i + 2, word);
            }
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                for (int i = 0; i < columns.size(); i++) {
                    if (row.getLong(i + 1) > 0) {
                        found.add(table.replaceAll("\"|.*\\.", "") + "." + columns.get(i));
                    }
                }
            }
        }
        return found;
    }
}
