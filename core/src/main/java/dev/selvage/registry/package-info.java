/**
 * Registries whose entries vanish when the thread that made them ends.
 *
 * <p>{@link dev.selvage.registry.Registry} opens a {@link dev.selvage.registry.UniqueRegistry}, in which a key has one
 * owner, or a {@link dev.selvage.registry.DuplicateRegistry}, in which any number of entries stand under a key. The
 * owner holds a {@link dev.selvage.registry.Registration}, readers get an {@link dev.selvage.registry.Entry}, and a
 * {@link dev.selvage.registry.RegistryListener} hears each {@link dev.selvage.registry.RegistryEvent}.
 *
 * <p>Timeouts: 0 or less looks once and does not wait. Arguments that are null are refused with a
 * {@link java.lang.NullPointerException} that names them. Everything else a registry throws is a
 * {@link dev.selvage.registry.RegistryException}.
 */
@NullMarked
package dev.selvage.registry;

import org.jspecify.annotations.NullMarked;
