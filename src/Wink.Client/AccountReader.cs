using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Wink.Client;

/// <summary>Reads managing entities and their applications.</summary>
internal sealed class AccountReader(ApiClient api, ServerText text)
{
    /// <inheritdoc cref="WinkClient.ListManagingEntitiesAsync"/>
    public Task ListManagingEntitiesAsync(
        string? type, Action<ManagingEntity> receive, IProgress<WinkEvent>? log, CancellationToken cancellationToken) =>
        ListAsync(ApiPath.ManagingEntities(type), text.Json.ManagingEntity, receive, log, cancellationToken);

    /// <inheritdoc cref="WinkClient.ListApplicationsAsync"/>
    public Task ListApplicationsAsync(
        string managingEntityId, Action<Application> receive, IProgress<WinkEvent>? log, CancellationToken cancellationToken) =>
        ListAsync(ApiPath.Applications(managingEntityId), text.Json.Application, receive, log, cancellationToken);

    /// <inheritdoc cref="WinkClient.GetApplicationAsync"/>
    public async Task<Application> ReadApplicationAsync(
        ApplicationReference application, IProgress<WinkEvent>? log, CancellationToken cancellationToken)
    {
        using var answer = await api.ReadAsync(ApiPath.Application(application), readBody: null, log, cancellationToken).ConfigureAwait(false);
        ThrowUnlessWhole(answer, cancellationToken);
        try
        {
            return JsonSerializer.Deserialize(answer.Body, text.Json.Application) ?? throw answer.Failure(text);
        }
        catch (JsonException)
        {
            throw answer.Failure(text);
        }
    }

    /// <summary>Hands on each element of an array as soon as its bytes are there, however long the array is.</summary>
    private async Task ListAsync<T>(
        string path, JsonTypeInfo<T> type, Action<T> receive, IProgress<WinkEvent>? log, CancellationToken cancellationToken)
    {
        using var answer = await api.ReadAsync(path, ReadBodyAsync, log, cancellationToken).ConfigureAwait(false);
        ThrowUnlessWhole(answer, cancellationToken);

        async Task ReadBodyAsync(Stream body, CancellationToken limit)
        {
            await foreach (var element in JsonSerializer.DeserializeAsyncEnumerable(body, type, limit).ConfigureAwait(false))
            {
                if (element is not null)
                    receive(element);
            }
        }
    }

    private void ThrowUnlessWhole(WireAnswer answer, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!answer.IsSuccess || answer.BodyFailure is not null)
            throw answer.Failure(text);
    }
}
