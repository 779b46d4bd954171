package io.parley.features.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.junit.jupiter.api.Test;

class ScopeTest {
    private static final UUID ID = UUID.fromString("019aa1f2-0a10-7d6e-8f86-5c9d3f4a7b04");

    @Test
    void keysStayWhatTheyAreBecauseTheyAreStored() {
        assertThat(Scope.ofBlock(ID, 0)).isEqualTo("BMNW/");
        assertThat(Scope.ofBlock(ID, 1)).isEqualTo("HNcsD");
        assertThat(Scope.ofPerson(ID)).isEqualTo("BMNW/mbr8/").hasSize(10);
    }

    @Test
    void keysNeedNoEscape() {
        for (int block = 0; block < 1_000; block++) {
            assertThat(Scope.ofBlock(ID, block)).matches("[0-9A-Za-z+/]{5}");
        }
    }
}
