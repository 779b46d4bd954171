package io.parley.features.previews;

import org.jspecify.annotations.Nullable;

/**
 * What was found behind a link; together with the link itself the {@code LinkPreview} of the contract. All of it is text of
 * strangers: bounded, in one line each, and never markup.
 *
 * @param type {@code page} or {@code image}
 * @param canonical another address that the page gives as its own, of the same host
 * @param image an address that the page names; nobody has looked there
 * @param mediaType of an image
 * @param bytes of an image, if the server has said it
 */
record LinkPreview(
        String type,
        @Nullable String title,
        @Nullable String description,
        @Nullable String site,
        @Nullable String canonical,
        @Nullable String image,
        @Nullable String mediaType,
        @Nullable Long bytes) {
    static LinkPreview page(
            @Nullable String title,
            @Nullable String description,
            @Nullable String site,
            @Nullable String canonical,
            @Nullable String image) {
        return new LinkPreview("page", title, description, site, canonical, image, null, null);
    }

    static LinkPreview image(String mediaType, @Nullable Long bytes) {
        return new LinkPreview("image", null, null, null, null, null, mediaType, bytes);
    }
}
