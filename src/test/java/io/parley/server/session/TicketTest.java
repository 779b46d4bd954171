package io.parley.server.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.parley.support.AppError;
import io.parley.support.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashSet;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TicketTest {
    private static final String TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl";

    private static void assertRefused(ThrowingCallable attempt) {
        assertThatThrownBy(attempt)
                .isInstanceOfSatisfying(
                        AppError.class, refused -> assertThat(refused.code()).isEqualTo(ErrorCode.UNAUTHENTICATED));
    }

    @Test
    void whoHasTheTicketOpensWhatWasSealed() {
        Ticket ticket = Ticket.make();
        Ticket read = Ticket.parse(ticket.text());

        assertThat(read.name()).isEqualTo(ticket.name());
        assertThat(read.open(ticket.seal(TOKEN))).isEqualTo(TOKEN);
    }

    @Test
    void whatIsDepositedTellsNeitherTokenNorTicket() {
        Ticket ticket = Ticket.make();
        String sealed = ticket.seal(TOKEN);

        assertThat(new String(Base64.getUrlDecoder().decode(sealed), StandardCharsets.ISO_8859_1))
                .doesNotContain("eyJ");
        // The name is the ticket's first half, so of the second nothing may be in it.
        assertThat(ticket.name()).hasSize(22);
        assertThat(ticket.text()).hasSize(43).doesNotEndWith(ticket.name().substring(11));
        assertRefused(() -> Ticket.parse(ticket.name()));
    }

    @Test
    void anotherTicketOpensNothing() {
        String sealed = Ticket.make().seal(TOKEN);

        assertRefused(() -> Ticket.make().open(sealed));
    }

    @Test
    void noTwoAreTheSame() {
        Set<String> names = new HashSet<>();
        for (int i = 0; i < 1_000; i++) {
            assertThat(names.add(Ticket.make().name())).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "====", "\u0000", "AAAA", "😀", "../../etc/passwd"})
    void whatSomebodyMadeUpIsRefused(String text) {
        assertRefused(() -> Ticket.parse(text));
    }
}
