package io.parley.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.support.Config;
import io.parley.support.ConfigLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AdmissionTest {
    private static final int NODE = 10;
    private static final int ADDRESS = 5;
    private static final int STRANGERS = 3;

    private final Admission admission = new Admission(limits());

    private static Config.Session limits() {
        return ConfigLoader.load(
                        null,
                        Map.of(
                                "PARLEY_SESSION_MAXSESSIONS", "" + NODE,
                                "PARLEY_SESSION_MAXCONNECTIONSPERADDRESS", "" + ADDRESS,
                                "PARLEY_SESSION_MAXUNAUTHENTICATEDPERADDRESS", "" + STRANGERS))
                .session();
    }

    private void fill(String address, int connections) {
        for (int i = 0; i < connections; i++) {
            assertThat(admission.enter(address)).isTrue();
            admission.known(address);
        }
    }

    @Test
    void strangersOfOneAddressAreFew() {
        for (int i = 0; i < STRANGERS; i++) {
            assertThat(admission.enter("a")).isTrue();
        }
        assertThat(admission.enter("a")).isFalse();
        assertThat(admission.enter("b")).isTrue();

        admission.known("a");

        assertThat(admission.enter("a")).isTrue();
    }

    @Test
    void anAddressHasABoundAndSoHasTheNode() {
        fill("a", ADDRESS);
        assertThat(admission.enter("a")).isFalse();
        fill("b", NODE - ADDRESS);
        assertThat(admission.enter("c")).isFalse();

        admission.leave("b", true);

        assertThat(admission.enter("c")).isTrue();
    }

    private static final class Guest {
        final String address;
        boolean known;

        Guest(String address) {
            this.address = address;
        }
    }

    @Test
    void afterAnyComingAndGoingTheCountsAreRight() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<Guest> guests = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            String address = "address " + random.nextInt(4);
            switch (random.nextInt(3)) {
                case 0 -> {
                    boolean welcome = welcome(guests, address);
                    assertThat(admission.enter(address)).as("seed %d", seed).isEqualTo(welcome);
                    if (welcome) {
                        guests.add(new Guest(address));
                    }
                }
                case 1 ->
                    guests.stream().filter(guest -> !guest.known).findFirst().ifPresent(guest -> {
                        guest.known = true;
                        admission.known(guest.address);
                    });
                default -> {
                    if (!guests.isEmpty()) {
                        Guest guest = guests.remove(random.nextInt(guests.size()));
                        admission.leave(guest.address, guest.known);
                    }
                }
            }
        }
    }

    private static boolean welcome(List<Guest> guests, String address) {
        List<Guest> here =
                guests.stream().filter(guest -> guest.address.equals(address)).toList();
        return guests.size() < NODE
                && here.size() < ADDRESS
                && here.stream().filter(guest -> !guest.known).count() < STRANGERS;
    }
}
