using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Threading.Channels;

namespace Wink.Client;

/// <summary>Reads managing entities and their applications.</summary>
internal sealed class AccountReader(ApiClient api, ServerText text)
{
    /// <summary>The longest time that is waited at once for a list when Wink's rate limit is reached.</summary>
    public static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(60);

    /// <inheritdoc cref="WinkClient.ListManagingEntitiesAsync"/>
    public IAsyncEnumerable<ManagingEntity> ListManagingEntitiesAsync(
        string? type, IProgress<WinkEvent>? progress, CancellationToken cancellationToken) =>
        ListAsync(ApiPath.ManagingEntities(type), text.Json.ManagingEntity, (entity, _) => entity, progress, cancellationToken);

    /// <inheritdoc cref="WinkClient.ListApplicationsAsync"/>
    public IAsyncEnumerable<Application> ListApplicationsAsync(
        string managingEntityId, IProgress<WinkEvent>? progress, CancellationToken cancellationToken) => ListAsync(
            ApiPath.Applications(managingEntityId),
            text.Json.Application,
            (application, readAt) => application with { ReadAt = readAt },
            progress,
            cancellationToken);

    /// <inheritdoc cref="WinkClient.GetApplicationAsync(ApplicationReference, TimeSpan, IProgress{WinkEvent}, CancellationToken)"/>
    public async Task<Application> ReadApplicationAsync(
        ApplicationReference application, TimeSpan longestDelay, IProgress<WinkEvent>? progress, CancellationToken cancellationToken)
    {
        using var response = await api.ReadAsync(
            ApiPath.Application(application), readBody: null, longestDelay, progress, cancellationToken).ConfigureAwait(false);
        ThrowUnlessComplete(response, cancellationToken);
        try
        {
            var description = JsonSerializer.Deserialize(response.Body, text.Json.Application) ?? throw response.Failure(text);
            // A server that is one response behind describes another one.
            return application.HasId(description.Id)
                ? description with { ReadAt = response.GeneratedAt }
                : throw response.Failure($"its response {(description.Id is null ? "names no" : "describes another")} application");
        }
        catch (JsonException)
        {
            throw response.Failure(text);
        }
    }

    /// <summary>Returns each element of an array as soon as it was received, however long the array is.</summary>
    private async IAsyncEnumerable<T> ListAsync<T>(
        string path,
        JsonTypeInfo<T> type,
        Func<T, long, T> withTime,
        IProgress<WinkEvent>? progress,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Reads ahead of the consumer: a slow one must not make the request time out.
        var elements = Channel.CreateUnbounded<T>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reading = ReadAsync();
        try
        {
            await foreach (var element in elements.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
                yield return element;

            await reading.ConfigureAwait(false);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await ((Task)reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        async Task ReadAsync()
        {
            try
            {
                using var response = await api.ReadAsync(path, ReadBodyAsync, LongestDelay, progress, stop.Token).ConfigureAwait(false);
                ThrowUnlessComplete(response, stop.Token);
            }
            finally
            {
                elements.Writer.Complete();
            }
        }

        async Task ReadBodyAsync(ApiResponse response, Stream body, CancellationToken limit)
        {
            await foreach (var element in JsonSerializer.DeserializeAsyncEnumerable(body, type, limit).ConfigureAwait(false))
            {
                if (element is not null)
                    await elements.Writer.WriteAsync(withTime(element, response.GeneratedAt), limit).ConfigureAwait(false);
            }
        }
    }

    private void ThrowUnlessComplete(ApiResponse response, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!response.IsSuccess || response.BodyFailure is not null)
            throw response.Failure(text);
    }
}
