using System.Management.Automation;
using Wink.Client;

namespace Wink.PowerShell;

/// <summary>
/// Finds applications by name or id in some managing entities or in all, writes them to the pipeline, and says what is in none of those.
/// </summary>
/// <param name="live">The connection to read over.</param>
/// <param name="output">The pipeline's streams.</param>
/// <param name="names">The names that are searched by; null for any.</param>
/// <param name="idsForAll">
/// The ids that are searched for in all that is given in turn; null where each search has ids of its own, or none.
/// </param>
internal sealed class ApplicationFinder(LiveConnection live, PipelineOutput output, string[]? names, string[]? idsForAll)
{
    private readonly NameSearch _names = new(names);
    private readonly IdSearch? _idsForAll = idsForAll is null ? null : new IdSearch(idsForAll);

    // An application may be listed under several managing entities.
    private readonly HashSet<string> _written = new(StringComparer.OrdinalIgnoreCase);
    private bool _areManagingEntitiesGiven;
    private bool _areIdsGiven;
    private bool _hasFailed;

    /// <summary>Finds them in some managing entities, or in all.</summary>
    /// <param name="managingEntityIds">The managing entities; null for all.</param>
    /// <param name="ids">The ids of the applications; null for any.</param>
    /// <param name="progress">Is told what the client does.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public async Task FindAsync(
        string[]? managingEntityIds, string[]? ids, IProgress<WinkEvent> progress, CancellationToken cancellation)
    {
        _areManagingEntitiesGiven |= managingEntityIds is not null;
        _areIdsGiven |= ids is not null;
        if (_idsForAll is { } forAll)
        {
            if (!forAll.HasFoundAll)
                await ListAsync(managingEntityIds, forAll, progress, cancellation);
        }
        else if (managingEntityIds is [var only] && ids is not null)
        {
            await ReadEachAsync(only, ids, progress, cancellation);
        }
        else
        {
            var search = new IdSearch(ids);
            await ListAsync(managingEntityIds, search, progress, cancellation);
            WriteNotFound(search.NotFound, isName: false);
        }
    }

    /// <summary>Says what was not found, after all was searched.</summary>
    public void WriteNotFound()
    {
        WriteNotFound(_idsForAll?.NotFound ?? [], isName: false);
        WriteNotFound(_names.NotFound, isName: true);
    }

    private async Task ReadEachAsync(
        string managingEntityId, string[] ids, IProgress<WinkEvent> progress, CancellationToken cancellation)
    {
        foreach (var id in ids)
        {
            await TryAsync($"application {id} of managing entity {managingEntityId}", "Application", id, async () =>
            {
                var reference = new ApplicationReference(managingEntityId, id);
                var application = await live.Client.GetApplicationAsync(reference, progress, cancellation);
                if (_names.Finds(application.Name))
                    output.WriteObject(new WinkApplication(managingEntityId, live, application));
            });
        }
    }

    /// <summary>Lists those of some managing entities, or of all.</summary>
    private async Task ListAsync(
        string[]? managingEntityIds, IdSearch ids, IProgress<WinkEvent> progress, CancellationToken cancellation)
    {
        foreach (var managingEntityId in managingEntityIds?.Distinct(StringComparer.OrdinalIgnoreCase) ?? [])
        {
            if (await ListAsync(managingEntityId, isOneOfAll: false, ids, progress, cancellation) == 0)
                await CheckManagingEntityAsync(managingEntityId, progress, cancellation);
        }

        if (managingEntityIds is null)
        {
            await TryAsync("managing entities", "ManagingEntity", null, async () =>
            {
                await foreach (var entity in live.Client.ListManagingEntitiesAsync(type: null, progress, cancellation))
                {
                    if (!ResourceIdentifier.IsValid(entity.Id))
                        LeaveOut(entity);
                    else if (!ids.HasFoundAll && !output.HasDeferredError)
                        await ListAsync(entity.Id, isOneOfAll: true, ids, progress, cancellation);
                }
            });
        }
    }

    private void WriteNotFound(IReadOnlyCollection<string> texts, bool isName)
    {
        var where = isName && _areIdsGiven ? "There is no application among the given ids"
            : _areManagingEntitiesGiven ? "No managing entity that was given has an application"
            : "This connection sees no application";
        // What could not be read may have it.
        foreach (var text in _hasFailed ? [] : texts)
            output.WriteOrDeferError(WinkErrors.ApplicationNotFound(text, isName, where));
    }

    /// <returns>How many there are; null where they could not be read.</returns>
    private async Task<int?> ListAsync(
        string managingEntityId, bool isOneOfAll, IdSearch ids, IProgress<WinkEvent> progress, CancellationToken cancellation)
    {
        var count = 0;
        var isRead = await TryAsync($"applications of managing entity {managingEntityId}", "ManagingEntity", managingEntityId, async () =>
        {
            await foreach (var application in live.Client.ListApplicationsAsync(managingEntityId, progress, cancellation))
            {
                count++;
                if (!ResourceIdentifier.IsValid(application.Id))
                    LeaveOut(application);
                else if (ids.Finds(application.Id) && _names.Finds(application.Name) && (!isOneOfAll || _written.Add(application.Id)))
                    output.WriteObject(new WinkApplication(managingEntityId, live, application));
            }
        });
        return isRead ? count : null;
    }

    /// <summary>An id without applications may be mistyped.</summary>
    private Task<bool> CheckManagingEntityAsync(string id, IProgress<WinkEvent> progress, CancellationToken cancellation) =>
        TryAsync("managing entities", "ManagingEntity", null, async () =>
        {
            var search = new IdSearch([id]);
            await foreach (var entity in live.Client.ListManagingEntitiesAsync(type: null, progress, cancellation))
                search.Finds(entity.Id);

            if (!search.HasFoundAll)
                Fail(WinkErrors.ManagingEntityNotFound(id, isName: false));
        });

    /// <param name="what">What is read, in words.</param>
    /// <param name="kind">What the id is the id of.</param>
    /// <param name="id">The id; null where there is none.</param>
    /// <param name="read">Reads it, and writes it to the pipeline.</param>
    /// <returns>Whether it was read.</returns>
    private async Task<bool> TryAsync(string what, string kind, string? id, Func<Task> read)
    {
        if (output.HasDeferredError)
            return false;

        try
        {
            await read();
            return true;
        }
        catch (ArgumentException) when (WildcardPattern.ContainsWildcardCharacters(id ?? ""))
        {
            Fail(WinkErrors.WildcardInId(kind, id));
        }
        catch (ArgumentException invalid)
        {
            Fail(WinkErrors.InvalidArgument(invalid, id));
        }
        catch (WinkApiException failure) when (failure.IsNotFound && id is not null)
        {
            Fail(WinkErrors.NotFound(failure, what, kind, id));
        }
        catch (WinkException failure)
        {
            Fail(WinkErrors.NotRead(failure, what, id));
        }

        return false;
    }

    private void LeaveOut(ManagingEntity entity) => WarnOfId(
        $"The applications of managing entity '{TerminalText.OneLine(entity.Name)}' were not read", entity.Id);

    private void LeaveOut(Application application) =>
        WarnOfId($"Application '{TerminalText.OneLine(application.Name)}' was left out", application.Id);

    private void WarnOfId(string what, string? id)
    {
        _hasFailed = true;
        output.WriteWarning($"{what}, since its id cannot be used: '{TerminalText.OneLine(id)}'.");
    }

    private void Fail(ErrorRecord error)
    {
        _hasFailed = true;
        output.WriteOrDeferError(error);
    }
}
