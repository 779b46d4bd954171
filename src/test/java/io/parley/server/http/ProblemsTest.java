package io.parley.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every way in which a request can be wrong has its answer, and none is a 5xx. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ProblemsTest {
    private static final String[] JSON = {"Content-Type", "application/json"};

    private RunningHttp http;

    @BeforeAll
    void start() {
        http = new RunningHttp();
    }

    @AfterAll
    void stop() {
        http.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            GET    | /nowhere                                   | 404 | not_found
            GET    | /api/v1                                    | 404 | not_found
            GET    | /api/v1/nowhere                            | 404 | not_found
            GET    | /api/v1/things/mine/more                   | 404 | not_found
            PUT    | /api/v1/things                             | 405 | method_not_allowed
            PATCH  | /api/v1/things/mine                        | 405 | method_not_allowed
            TRACE  | /api/v1/config                             | 405 | method_not_allowed
            BREW   | /api/v1/config                             | 405 | method_not_allowed
            GET    | /api/v1/things/mine                        | 401 | unauthenticated
            POST   | /api/v1/admin                              | 401 | unauthenticated
            GET    | /api/v1/things?after=1&q=%zz               | 400 | malformed
            GET    | /api/v1/fail/%zz                           | 400 | malformed
            GET    | /api/v1/fail/conflict                      | 409 | conflict
            GET    | /api/v1/fail/unavailable                   | 503 | unavailable
            GET    | /api/v1/fail/limited                       | 429 | rate_limited
            GET    | /api/v1/fail/defect                        | 500 | internal
            GET    | /api/v1/fail/broken                        | 500 | internal
            GET    | /api/v1/fail/unwritable                    | 500 | internal
            GET    | /api/v1/fail/principal                     | 500 | internal
            """)
    void requestsWithoutABodyAreAnsweredWithTheirCode(String method, String path, int status, String code) {
        assertProblem(http.send(method, path, null), status, code);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            q=x                              | after    | required
            after=                           | after    | type
            after=one                        | after    | type
            after=1.5                        | after    | type
            after=-1                         | after    | range
            after=9007199254740992           | after    | range
            after=99999999999999999999       | after    | type
            after=1&after=2                  | after    | format
            after=1&limit=0                  | limit    | range
            after=1&limit=101                | limit    | range
            after=1&limit=2147483648         | limit    | range
            after=1&deep=yes                 | deep     | type
            after=1&q=                       | q        | length
            after=1&q=12345678901            | q        | length
            after=1&q=a%00b                  | q        | format
            """)
    void wrongParametersAreNamed(String query, String field, String code) {
        JsonObject problem = assertProblem(http.get("/api/v1/things?" + query), 400, "validation_failed");

        assertThat(errors(problem)).containsExactly(field + " " + code);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', nullValues = "-", textBlock = """
            1-1-1-1-1                               | thingId
            mine%00                                 | thingId
            00000000-0000-7000-8000-00000000000g    | thingId
            """)
    void wrongIdsInThePathAreNamed(String id, String field) {
        JsonObject problem = assertProblem(
                http.get("/api/v1/things/" + id, "Authorization", "Bearer ada"), 400, "validation_failed");

        assertThat(errors(problem)).containsExactly(field + " format");
    }

    static Stream<Arguments> wrongBodies() {
        return Stream.of(
                Arguments.of("{}", List.of("kind required", "name required")),
                Arguments.of("[]", List.of("body type")),
                Arguments.of("null", List.of("body type")),
                Arguments.of("\"x\"", List.of("body type")),
                Arguments.of(thing("\"nmae\":\"x\""), List.of("nmae unknown")),
                Arguments.of(thing("\"#nmae\":\"x\""), List.of("#nmae unknown")),
                Arguments.of("{\"kind\":\"oval\",\"name\":\"n\"}", List.of("kind enum", "name length")),
                Arguments.of("{\"kind\":1,\"name\":null}", List.of("kind enum", "kind type", "name type")),
                Arguments.of(thing("\"number\":-1"), List.of("number range")),
                Arguments.of(thing("\"number\":1.5"), List.of("number type")),
                Arguments.of(thing("\"number\":1.0"), List.of("number type")),
                Arguments.of(thing("\"number\":1e3"), List.of("number type")),
                Arguments.of(thing("\"number\":\"1\""), List.of("number type")),
                Arguments.of(thing("\"number\":9007199254740993"), List.of("number range")),
                Arguments.of(thing("\"number\":99999999999999999999"), List.of("number range")),
                Arguments.of(thing("\"id\":\"1-1-1-1-1\""), List.of("id format")),
                Arguments.of(thing("\"email\":\"ada\""), List.of("email format")),
                Arguments.of(thing("\"parts\":[{\"size\":1},{\"size\":0}]"), List.of("parts[1].size range")),
                Arguments.of(thing("\"parts\":[{}]"), List.of("parts[0].size required")),
                Arguments.of(thing("\"parts\":[{\"size\":1,\"x\":1}]"), List.of("parts[0].x unknown")),
                Arguments.of(thing("\"parts\":[{\"size\":1},{\"size\":1}]"), List.of("parts format")),
                Arguments.of(
                        thing("\"parts\":[1,2,3,4]"),
                        List.of("parts length", "parts[0] type", "parts[1] type", "parts[2] type", "parts[3] type")),
                Arguments.of("{\"kind\":\"round\",\"name\":\"a\\u0000b\"}", List.of("name format")),
                Arguments.of("{\"kind\":\"round\",\"name\":\"a\\ud800b\"}", List.of("name format")),
                Arguments.of(thing("\"parts\":[{\"size\":\"\\udc00\"}]"), List.of("parts[0].size format")),
                Arguments.of(thing("\"a\\u0000\":1"), List.of("body format")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"kind":"oval","name":"wheel"}                                   | kind: must be one of ["round", "square"]
            {"kind":"round"}                                                 | name: is missing
            {"kind":"round","name":"x"}                                      | name: must have at least 2 characters
            {"kind":"round","name":"123456789012345678901"}                  | name: must have at most 20 characters
            {"kind":"round","name":5}                                        | name: must be of type string
            {"kind":"round","name":"wheel","number":-1}                      | number: must be at least 0
            {"kind":"round","name":"wheel","email":"x"}                      | email: must be of the form email
            {"kind":"round","name":"wheel","id":"x"}                         | id: must be of the form uuid
            {"kind":"round","name":"wheel","parts":[{"size":1},{"size":1}]}  | parts: must not have the same item twice
            """)
    void theDetailIsASentence(String body, String detail) {
        JsonObject problem = assertProblem(http.send("POST", "/api/v1/things", body, JSON), 400, "validation_failed");

        assertThat(problem.getString("detail")).isEqualTo(detail);
    }

    private static String thing(String more) {
        return "{\"kind\":\"round\",\"name\":\"wheel\"," + more + "}";
    }

    @ParameterizedTest
    @MethodSource("wrongBodies")
    void wrongFieldsOfABodyAreAllNamed(String body, List<String> fields) {
        JsonObject problem = assertProblem(http.send("POST", "/api/v1/things", body, JSON), 400, "validation_failed");

        assertThat(errors(problem)).containsExactlyInAnyOrderElementsOf(fields);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {
            {"kind":"round",}
            {"kind":"round","kind":"square","name":"wheel"}
            {} {}
            NaN
            {"kind":'round'}
            {"kind":"round","name":"wheel","a\\ud800":1}
            `\u0000`
            """)
    void whatIsNoJsonIsMalformed(String body) {
        assertProblem(http.send("POST", "/api/v1/things", body, JSON), 400, "malformed");
    }

    @Test
    void deepAndLongJsonIsMalformedToo() {
        assertProblem(http.send("POST", "/api/v1/things", "[".repeat(100_000), JSON), 400, "malformed");
        assertProblem(
                http.send("POST", "/api/v1/things", thing("\"number\":1" + "0".repeat(10_000)), JSON),
                400,
                "malformed");
        assertProblem(http.send("POST", "/api/v1/things", "", JSON), 400, "malformed");
    }

    @Test
    void ofAGreatWrongBodyOnlyTheFirstErrorIsToldAndSoon() {
        String many = "1,".repeat(300_000);

        JsonObject problem = assertProblem(
                http.send("POST", "/api/v1/things", thing("\"parts\":[" + many + "1]"), JSON),
                400,
                "validation_failed");

        assertThat(errors(problem)).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            text/plain
            application/x-www-form-urlencoded
            multipart/form-data; boundary=x
            application/json; charset=utf-16
            application/jsonx
            application/problem+json
            """)
    void whatIsNotDeclaredAsJsonIsNotRead(String contentType) {
        assertProblem(
                http.send("POST", "/api/v1/things", "{}", "Content-Type", contentType), 415, "unsupported_media_type");
    }

    @Test
    void aBodyWithoutATypeIsNotReadEither() {
        String answer =
                http.raw("POST /api/v1/things HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}");

        assertThat(answer).contains("415").contains("\"unsupported_media_type\"");
    }

    @Test
    void aBodyBeyondTheLimitIsTooLargeWhetherItsLengthIsToldOrNot() {
        assertProblem(http.send("POST", "/api/v1/things", "x".repeat(1_048_577), JSON), 413, "too_large");

        String chunk = "10000\r\n" + "x".repeat(0x10000) + "\r\n";
        String answer = http.raw("POST /api/v1/things HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n" + chunk.repeat(17));

        assertThat(answer).contains("413").contains("\"too_large\"");
    }

    @Test
    void headersAndAddressesBeyondTheLimitAreTooLarge() {
        assertThat(http.raw("GET /" + "x".repeat(20_000) + " HTTP/1.1\r\nHost: x\r\n\r\n"))
                .contains("413")
                .contains("\"too_large\"");
        assertThat(http.raw("GET / HTTP/1.1\r\nHost: x\r\nX: " + "x".repeat(20_000) + "\r\n\r\n"))
                .contains("413")
                .contains("\"too_large\"");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            \\x16\\x03 nonsense\\r\\n\\r\\n
            GET / HTTP/1.1\\r\\n\\r\\n
            GET / HTTP/1.1\\r\\nHost: x\\r\\nBad Header: y\\r\\nConnection: close\\r\\n\\r\\n
            """)
    void whatIsNoHttpIsRefused(String bytes) {
        String sent = bytes.replace("\\r", "\r").replace("\\n", "\n").replace("\\x16\\x03", "\u0016\u0003");
        String closing = sent.replace("HTTP/1.1\r\n\r\n", "HTTP/1.1\r\nConnection: close\r\n\r\n");

        assertThat(http.raw(closing)).matches("(?s)HTTP/1.. 400 .*\"malformed\".*");
    }

    @Test
    void aBodyThatIsNoChunksEndsTheConnectionWithoutA5xx() {
        String head = "POST /api/v1/things HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";

        assertThat(http.raw(head + "Transfer-Encoding: chunked\r\n\r\nzz\r\n")).doesNotContain(" 50");
    }

    @Test
    void anUnknownTokenIsUnauthenticatedAndSaysHowToAuthenticate() {
        for (String token : List.of("Bearer x", "Bearer", "Basic YTpi", "ada")) {
            HttpResponse<Buffer> response = http.get("/api/v1/things/mine", "Authorization", token);

            assertProblem(response, 401, "unauthenticated");
            assertThat(response.getHeader("WWW-Authenticate")).isEqualTo("Bearer");
        }
    }

    @Test
    void whenAccountsCannotBeLookedUpTheAnswerIsUnavailable() {
        HttpResponse<Buffer> response =
                http.get("/api/v1/things/mine", "Authorization", "Bearer " + FixedAuthenticator.TOKEN_WITHOUT_DATABASE);

        assertProblem(response, 503, "unavailable");
        assertThat(response.getHeader("Retry-After")).isEqualTo("1");
    }

    @Test
    void aPersonsTokenIsNoOperatorKeyNorTheOtherWayRound() {
        assertProblem(http.send("POST", "/api/v1/admin", null, "Authorization", "Bearer ada"), 401, "unauthenticated");
        assertProblem(
                http.get("/api/v1/things/mine", "Authorization", "Bearer " + FixedAuthenticator.OPERATOR_KEY),
                401,
                "unauthenticated");
    }

    @Test
    void waitingTimesAreToldInBothUnits() {
        HttpResponse<Buffer> response = http.get("/api/v1/fail/limited");

        assertThat(RunningHttp.json(response).getLong("retryAfterMs")).isEqualTo(1500);
        assertThat(response.getHeader("Retry-After")).isEqualTo("2");
    }

    @Test
    void aDefectTellsNothingOfItselfButWhereItIsLogged() {
        HttpResponse<Buffer> response = http.get("/api/v1/fail/defect");

        assertThat(response.bodyAsString()).doesNotContain("secret").contains(response.getHeader("X-Request-Id"));
    }

    @Test
    void aRefusalOfTheFeatureNamesItsField() {
        JsonObject problem = assertProblem(http.get("/api/v1/fail/thrown"), 400, "validation_failed");

        assertThat(errors(problem)).containsExactly("text length");
        assertThat(problem.getString("detail")).isEqualTo("text: is too short");
    }

    private static List<String> errors(JsonObject problem) {
        return problem.getJsonArray("errors", new JsonArray()).stream()
                .map(JsonObject.class::cast)
                .map(error -> error.getString("field") + " " + error.getString("code"))
                .toList();
    }

    private static JsonObject assertProblem(HttpResponse<Buffer> response, int status, String code) {
        assertThat(response.bodyAsString())
                .as("body of %d", response.statusCode())
                .startsWith("{");
        JsonObject problem = RunningHttp.json(response);
        assertThat(problem.getString("code")).isEqualTo(code);
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(problem.getInteger("status")).isEqualTo(status);
        assertThat(problem.getString("type")).endsWith("#" + code);
        assertThat(problem.getString("title")).isNotBlank();
        assertThat(problem.getString("detail")).isNotBlank();
        assertThat(response.getHeader("Content-Type")).isEqualTo("application/problem+json");
        return problem;
    }
}
