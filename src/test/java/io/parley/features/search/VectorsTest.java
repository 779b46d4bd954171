package io.parley.features.search;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.support.Json;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** By which words messages of each type are found. */
class VectorsTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "code | {'text':'int loom'} | loom",
                "location | {'location':{'latitude':1,'longitude':2,'address':'Dorset Street'}} | dorset",
                "contact | {'contact':{'name':'Charles Babbage','emails':['cb@example.org']}} | babbage",
                "contact | {'contact':{'name':'Charles Babbage','emails':['cb@example.org']}} | example",
                "poll | {'poll':{'question':'When?','options':['Monday','Tuesday']}} | when",
                "poll | {'poll':{'question':'When?','options':['Monday','Tuesday']}} | tuesday",
            })
    void isFoundByItsWords(String type, String content, String word) {
        JsonNode tree = Json.parse(content.replace('\'', '"').getBytes(StandardCharsets.UTF_8));

        String vector = Vectors.ofMessage("scope:", type, null, tree, false);

        assertThat(vector).contains("'scope:" + word + "':").contains("'scope:" + Vectors.TYPE + type + "'");
    }
}
