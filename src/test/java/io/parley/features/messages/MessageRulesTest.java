package io.parley.features.messages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import io.parley.ContractSchemas;
import io.parley.support.AppError;
import io.parley.support.ConfigLoader;
import io.parley.support.Json;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What may be said in a message, by its type. What comes over REST has passed the schema before. */
class MessageRulesTest {
    private static final Instant NOW = Instant.parse("2026-11-20T09:00:00Z");

    private final ContractSchemas contract = ContractSchemas.openApi();
    private final MessageRules rules =
            new MessageRules(ConfigLoader.load(null, Map.of()).limits(), Clock.fixed(NOW, ZoneOffset.UTC));

    private static JsonNode tree(String json) {
        return Json.parse(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    private Map<String, JsonNode> content(String json) {
        return rules.content(Json.read(tree(json), MessageDraft.class));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'type':'text','text':'Hello'}",
                "{'type':'code','text':'a = b;','language':'c++'}",
                "{'type':'code','text':'a = b;'}",
                "{'type':'location','location':{'latitude':-90,'longitude':180.0,'address':'South'}}",
                "{'type':'location','location':{'latitude':1.5,'longitude':1,'liveUntil':'2026-11-20T17:00:00.000Z'}}",
                "{'type':'location','location':{'latitude':1.5,'longitude':1,'liveUntil':'2020-11-20T17:00:00.000Z'}}",
                "{'type':'contact','contact':{'name':'Ada','phones':['+44 (20) 7946-0958'],'emails':['ada@example.org']}}",
                "{'type':'contact','contact':{'name':'Ada'}}",
                "{'type':'contact','contact':{'user':'019aa1f0-5c1e-7a3b-9c53-2f6a0c1d4e01'}}",
                "{'type':'poll','poll':{'question':'When?','options':['Now','Later']}}",
                "{'type':'poll','poll':{'question':'When?','options':['Now','Later'],'closesAt':'2020-01-01T00:00:00.000Z'}}",
            })
    void isTaken(String json) {
        assertThat(contract.errors("/components/schemas/NewMessage", tree(json)))
                .isEmpty();
        assertThat(content(json)).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'type':'survey'} | message.type | enum",
                "{'type':'code'} | message.text | required",
                "{'type':'code','text':'a','language':'not one'} | message.language | format",
                "{'type':'code','text':'a','mentions':[]} | message.mentions | unknown",
                "{'type':'text','text':'a','language':'c'} | message.language | unknown",
                "{'type':'text','text':'a','poll':{'question':'Q','options':['a','b']}} | message.poll | unknown",
                "{'type':'location'} | message.location | required",
                "{'type':'location','text':'a','location':{'latitude':0,'longitude':0}} | message.text | unknown",
                "{'type':'location','location':{'latitude':0}} | location.longitude | required",
                "{'type':'location','location':{'latitude':90.01,'longitude':0}} | message.location.latitude | range",
                "{'type':'location','location':{'latitude':0,'longitude':-180.5}} | message.location.longitude | range",
                "{'type':'location','location':{'latitude':0,'longitude':0,'address':' '}} | message.location.address | length",
                "{'type':'location','location':{'latitude':0,'longitude':0,'liveUntil':'2026-11-20T17:00:00.001Z'}} | message.location.liveUntil | range",
                "{'type':'contact','contact':{}} | message.contact.name | required",
                "{'type':'contact','contact':{'user':'019aa1f0-5c1e-7a3b-9c53-2f6a0c1d4e01','name':'Ada'}} | message.contact.user | unknown",
                "{'type':'contact','contact':{'name':'Ada','phones':['call me']}} | message.contact.phones | format",
                "{'type':'contact','contact':{'name':'Ada','phones':['11','22','33','44','55','66']}} | message.contact.phones | length",
                "{'type':'contact','contact':{'name':'Ada','emails':['ada']}} | message.contact.emails | format",
                "{'type':'poll','poll':{'question':'Q','options':['a']}} | message.poll.options | length",
                "{'type':'poll','poll':{'question':' ','options':['a','b']}} | message.poll.question | length",
                "{'type':'poll','poll':{'question':'Q','options':['a',' ']}} | message.poll.options[1] | length",
                "{'type':'poll','poll':{'question':'Q','options':['a','a ']}} | message.poll.options | format",
                "{'type':'poll','poll':{'question':'Q','options':['a','b'],'closesAt':'2028-01-01T00:00:00.000Z'}} | message.poll.closesAt | range",
                "{'type':'forward'} | message.forward | required",
            })
    void isRefused(String json, String field, String code) {
        AppError refused = catchThrowableOfType(AppError.class, () -> content(json));

        assertThat(Objects.requireNonNull(refused).errors()).first().satisfies(error -> {
            assertThat(error.field()).isEqualTo(field);
            assertThat(error.code()).isEqualTo(code);
        });
    }

    @Test
    void aPollHasAtMostTwentyOptions() {
        StringBuilder options = new StringBuilder("'0'");
        for (int i = 1; i < 20; i++) {
            options.append(",'").append(i).append('\'');
        }
        assertThat(content("{'type':'poll','poll':{'question':'Q','options':[" + options + "]}}"))
                .isNotEmpty();

        AppError refused = catchThrowableOfType(
                AppError.class,
                () -> content("{'type':'poll','poll':{'question':'Q','options':[" + options + ",'more']}}"));

        assertThat(Objects.requireNonNull(refused).errors())
                .first()
                .satisfies(error -> assertThat(error.code()).isEqualTo("length"));
    }

    @Test
    void aTypeWithoutItsFieldIsRefusedByTheContractAsWell() {
        for (String type : new String[] {"text", "code", "location", "contact", "poll", "forward"}) {
            assertThat(contract.errors("/components/schemas/NewMessage", tree("{'type':'" + type + "'}")))
                    .isNotEmpty();
        }
    }

    /** What has not been there before must not make another fingerprint of a text that is sent again. */
    @Test
    void aTextHasTheFingerprintThatItAlwaysHad() {
        byte[] print = MessageRules.fingerprint(Json.read(
                tree("{'id':'019aa1f3-2c32-7f80-8ba8-7ebf5b6c9d06','type':'text','text':'Hello'}"),
                MessageDraft.class));

        assertThat(print).asHexString().isEqualTo("5A98D6E24750932285B310D3540A6C9D");
    }
}
