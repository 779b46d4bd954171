package io.parley.loadtest.provision;

import io.parley.loadtest.provision.Topology.Layer;
import java.util.List;

/** How a person's sends are dealt out over the rooms, the same for everybody. */
public final class Shares {
    /** For each room, the part of the sends that go to it or to one before it; the last is 1. */
    private final double[] sums;

    Shares(List<Layer> layers) {
        double all = layers.stream().mapToDouble(Layer::share).sum();
        sums = new double[layers.stream().mapToInt(Layer::each).sum()];
        double sum = 0;
        int slot = 0;
        for (Layer layer : layers) {
            for (int i = 0; i < layer.each(); i++) {
                sum += layer.share() / layer.each() / all;
                sums[slot++] = sum;
            }
        }
        sums[sums.length - 1] = 1;
    }

    /** @param chance from 0 to below 1 */
    public int slot(double chance) {
        int slot = 0;
        while (chance >= sums[slot]) {
            slot++;
        }
        return slot;
    }
}
