package io.parley.server.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.parley.support.AppError;
import io.parley.support.ErrorCode;
import java.util.Base64;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CursorTest {
    private static final HubActions.Position POSITION = new HubActions.Position(UUID.randomUUID(), 12, Long.MAX_VALUE);

    private static void assertRefused(String text, String description) {
        assertThat(catchThrowable(() -> Cursor.decode(text)))
                .as(description)
                .isInstanceOfSatisfying(AppError.class, refused -> {
                    assertThat(refused.code()).isEqualTo(ErrorCode.VALIDATION_FAILED);
                    assertThat(refused.errors())
                            .extracting(AppError.FieldError::field)
                            .containsExactly("cursor");
                });
    }

    @Test
    void aPositionComesBackAsItWas() {
        assertThat(Cursor.decode(Cursor.encode(POSITION))).isEqualTo(POSITION);
        assertThat(Cursor.encode(POSITION)).matches("[A-Za-z0-9_-]+").hasSizeLessThan(64);
    }

    @Test
    void thatOfAPollIsOneLikeAnyOtherAndSaysMore() {
        Cursor.Kept kept = new Cursor.Kept(UUID.randomUUID(), 77);
        String text = Cursor.encode(POSITION, kept);

        assertThat(Cursor.decode(text)).isEqualTo(POSITION);
        assertThat(Cursor.kept(text)).isEqualTo(kept);
        assertThat(Cursor.kept(Cursor.encode(POSITION))).isNull();
        assertThat(text).matches("[A-Za-z0-9_-]+").hasSizeLessThan(128);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "MToyODQ4MQ", "=", "====", "\u0000", "😀", "../../etc/passwd"})
    void whatSomebodyMadeUpIsRefused(String text) {
        assertRefused(text, text);
    }

    @Test
    void anotherFormatIsRefused() {
        byte[] bytes = Base64.getUrlDecoder().decode(Cursor.encode(POSITION));
        bytes[0] = 2;

        assertRefused(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes), "format 2");
    }

    @Test
    void positionsThatCannotBeAreRefused() {
        assertRefused(Cursor.encode(new HubActions.Position(UUID.randomUUID(), -1, 0)), "userVersion");
        assertRefused(Cursor.encode(new HubActions.Position(UUID.randomUUID(), 0, -1)), "fence");
    }

    @Test
    void anyBytesAreEitherAPositionOrRefused() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = new byte[random.nextInt(4) == 0 ? random.nextInt(60) : random.nextBoolean() ? 33 : 57];
            random.nextBytes(bytes);
            if (bytes.length > 0 && random.nextBoolean()) {
                bytes[0] = (byte) (bytes.length == 57 ? 2 : 1);
            }
            String text = random.nextBoolean()
                    ? Base64.getUrlEncoder().withoutPadding().encodeToString(bytes)
                    : new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1);
            try {
                Cursor.Kept kept = Cursor.kept(text);
                HubActions.Position position = Cursor.decode(text);
                assertThat(kept == null ? Cursor.encode(position) : Cursor.encode(position, kept))
                        .as("seed %d", seed)
                        .isEqualTo(text);
            } catch (AppError refused) {
                assertThat(refused.code()).isEqualTo(ErrorCode.VALIDATION_FAILED);
            }
        }
    }
}
