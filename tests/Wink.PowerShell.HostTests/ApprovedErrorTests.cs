using System.Globalization;
using System.Management.Automation;
using System.Net;
using System.Reflection;
using Wink.Client;

namespace Wink.PowerShell.HostTests;

/// <summary>Each error, word by word: a change of words is seen in review.</summary>
public sealed class ApprovedErrorTests
{
    private static readonly DateTime At = new(2026, 11, 28, 17, 40, 7, DateTimeKind.Utc);
    private static readonly ApplicationReference App = new("travel-tech", "booking-engine") { Name = "Booking engine" };
    private static readonly WinkApiException Refused = new(HttpStatusCode.BadRequest, ProblemDetail.None);
    private static readonly WinkTransportException Lost = Transport(TransportFailure.Lost);
    private static readonly CredentialRotation Rotation = NewRotation();

    private readonly List<(string Builder, string Case, ErrorRecord Error)> _errors = [];

    [Fact]
    public void They_read_as_they_were_approved()
    {
        AddOutcomes();
        AddConditions();
        AddKeeping();
        AddReading();

        // Whatever WinkErrors can build is among them.
        var builders = typeof(WinkErrors).GetMethods(BindingFlags.Static | BindingFlags.Public).Select(method => method.Name).Distinct();
        Assert.Empty(builders.Except(_errors.Select(error => error.Builder)));
        Approved.Verify("Errors", string.Join("\n\n", _errors.Select(Show)));
    }

    private static string Show((string Builder, string Case, ErrorRecord Error) error) =>
        $"## {error.Builder}, {error.Case}: {error.Error.FullyQualifiedErrorId} ({error.Error.CategoryInfo.Category})\n" +
        error.Error.ErrorDetails.Message;

    private static WinkTransportException Transport(TransportFailure failure) =>
        new(failure, new Uri("https://api.wink.example/"), $"(what the client says of {failure})");

    private static CredentialRotation NewRotation(bool? verified = null, bool? saved = null, string? doubt = null) => new(
        doubt is null ? "booking-engine" : "another",
        "travel-tech",
        new PSCredential("client-new", new NetworkCredential("", "made-up").SecurePassword),
        At,
        doubt is null ? "Booking engine" : null,
        "client-old",
        verified,
        doubt,
        saved)
    { RequestedFor = doubt is null ? null : "booking-engine" };

    private static RotationOutcomeException Failed(
        RotationOutcome outcome, WinkException? cause = null, Func<RotationResult.Failed, RotationResult.Failed>? with = null)
    {
        var failed = new RotationResult.Failed(outcome, cause ?? Lost) { At = At, PreviousClientId = "client-old" };
        return new RotationOutcomeException(App, with?.Invoke(failed) ?? failed);
    }

    private void Add(string builder, string which, ErrorRecord error) => _errors.Add((builder, which, error));

    private void AddOutcomes()
    {
        var nothing = new FinishedRotation();
        Fail("not sent", Failed(RotationOutcome.NotSent, Transport(TransportFailure.Connect)));
        foreach (var status in (int[])[400, 401, 403, 404, 429])
        {
            var cause = new WinkApiException((HttpStatusCode)status, ProblemDetail.None);
            Fail($"refused with {status}, looked at", Failed(RotationOutcome.Rejected, cause, f => f with { ClientId = "client-old" }));
            Fail($"refused with {status}, not looked at", Failed(RotationOutcome.Rejected, cause));
        }

        Fail("no effect, by the client ID", Failed(RotationOutcome.NotConfirmed, with: f => f with { ClientId = "client-old" }));
        Fail("no effect, by IAM", Failed(RotationOutcome.NotConfirmed));
        Fail("secret lost", Failed(RotationOutcome.SecretLost, with: f => f with { ClientId = "client-new" }));
        Fail("secret lost, by IAM", Failed(RotationOutcome.SecretLost));
        Fail("secret lost, repeat without effect", Failed(
            RotationOutcome.SecretLost, with: f => f with { ClientId = "client-new", OfRepeat = RotationOutcome.NotConfirmed }));
        Fail("secret lost, repeat unknown", Failed(
            RotationOutcome.SecretLost, with: f => f with { ClientId = "client-new", OfRepeat = RotationOutcome.Unknown }));
        Fail("secret lost, received by another rotation", Failed(
            RotationOutcome.SecretLost, with: f => f with { ClientId = "client-new", IsClientIdReceived = true }));
        Fail("unknown", Failed(RotationOutcome.Unknown));
        Fail("unknown, client ID read", Failed(RotationOutcome.Unknown, with: f => f with { ClientId = "client-new" }));
        Add("RotationFailed", "secret lost, of a standby", WinkErrors.RotationFailed(
            Failed(RotationOutcome.SecretLost, with: f => f with { ClientId = "client-new" }),
            nothing,
            isRehearsed: false,
            isStandby: true));

        var doubtful = nothing with { Rotation = NewRotation(doubt: "(the doubt)."), EscrowFile = "/escrow/x.cms" };
        foreach (var outcome in (RotationOutcome[])[RotationOutcome.Unknown, RotationOutcome.NotConfirmed, RotationOutcome.SecretLost])
            Add("RotationFailed", $"doubtful, {outcome}", WinkErrors.RotationFailed(Failed(outcome), doubtful, false, false));

        foreach (var condition in Enum.GetValues<RotationPrecondition>())
        {
            var unmet = new WinkPreconditionException(condition, "(What the client says of it.)");
            Fail($"condition {condition}", Failed(RotationOutcome.NotSent, unmet));
        }

        Add("RotationFailed", "current credentials are not the application's, rehearsed", WinkErrors.RotationFailed(
            Failed(RotationOutcome.NotSent, new WinkPreconditionException(RotationPrecondition.UnexpectedClientId, "Its client ID is x.")),
            nothing with { Current = "client-old" },
            isRehearsed: true,
            isStandby: false));

        void Fail(string which, RotationOutcomeException failure) =>
            Add("RotationFailed", which, WinkErrors.RotationFailed(failure, nothing, isRehearsed: false, isStandby: false));
    }

    private void AddConditions()
    {
        var input = new RotationInput(App);
        Add("ApplicationNotFound", "to rotate", WinkErrors.ApplicationNotFound(App, Refused));
        Add("OwnApplication", "it", WinkErrors.OwnApplication(App));
        Add("CurrentCredentialRefused", "by IAM", WinkErrors.CurrentCredentialRefused(App, "IAM refuses -CurrentCredential"));
        Add("CurrentCredentialUntested", "it", WinkErrors.CurrentCredentialUntested(App, "(why)"));
        Add("UnexpectedClientId", "another one", WinkErrors.UnexpectedClientId(App, "client-expected", "client-old"));
        Add("UnexpectedClientId", "not read", WinkErrors.UnexpectedClientId(App, "client-expected", null));
        Add("RotationInProgress", "it", WinkErrors.RotationInProgress(App));
        Add("RotationNotAttempted", "first", WinkErrors.RotationNotAttempted(input, "(the reason)", isFirst: true));
        Add("RotationNotAttempted", "others", WinkErrors.RotationNotAttempted(input, "(the reason)", isFirst: false));
        Add("RotationRepeated", "it", WinkErrors.RotationRepeated(App));
        Add("ConfirmationUnavailable", "it", WinkErrors.ConfirmationUnavailable(App, Lost));
        string?[] askedBy = [null, "-Debug", "-WarningAction Inquire"];
        foreach (var asked in askedBy)
        {
            var error = WinkErrors.InquiryUnavailable(asked, Lost, "(What was done.)", ["(unwritten)"]);
            Add("InquiryUnavailable", asked ?? "broken host", error);
        }


        Add("SwitchRefused", "by a failure", WinkErrors.SwitchRefused(["booking-a", "booking-b"], "(why)", Lost));
        var (a, b) = (Standby("booking-a", "client-a"), Standby("booking-b", "client-b"));
        AddSwitch("neither", a, b, "client-x");
        AddSwitch("both", a, b with { ClientId = "client-a" }, "client-a");
        AddSwitch("owners", a, b with { OwnerIdentifier = "other" }, "client-a");
        AddSwitch("scopes", a, b with { Scopes = ["account.write"] }, "client-a");

        static Application Standby(string id, string clientId) =>
            new() { Id = id, ClientId = clientId, OwnerIdentifier = "owner", Scopes = ["account.read"] };

        void AddSwitch(string which, Application one, Application other, string inUse)
        {
            Assert.Null(SwitchPlan.Find(one, other, inUse, out var problem));
            Add("SwitchRefused", which, WinkErrors.SwitchRefused(["booking-a", "booking-b"], problem!));
        }
    }

    private void AddKeeping()
    {
        const string Where = "Get-WinkCredentialRotation, as long as this runspace lives";
        Add("SaveUnavailable", "it", WinkErrors.SaveUnavailable(App, "(the problem)."));
        Add("RotationNotSaved", "it", WinkErrors.RotationNotSaved(Rotation, "(the problem).", Where, isStandby: false));
        Add("RotationNotSaved", "refused", WinkErrors.RotationNotSaved(NewRotation(false), "(the problem).", Where, isStandby: false));
        Add("RotationNotSaved", "stopped", WinkErrors.RotationNotSaved(Rotation, "(the problem).", Where, false, isStopped: true));
        Add("RotationNotSaved", "standby", WinkErrors.RotationNotSaved(NewRotation(true), "(the problem).", Where, isStandby: true));
        Add("RotationNotSaved", "standby, refused", WinkErrors.RotationNotSaved(NewRotation(false), "(the problem).", Where, true));
        Add("EscrowUnavailable", "it", WinkErrors.EscrowUnavailable(App, new IOException("(the problem)."), "/escrow"));
        Add("EscrowFailed", "it", WinkErrors.EscrowFailed(Rotation, new IOException("(the problem).")));
        Add("EscrowFailed", "doubtful", WinkErrors.EscrowFailed(NewRotation(doubt: "(The doubt)."), new IOException("(the problem).")));
        foreach (var (which, rotation, finished) in (IEnumerable<(string, CredentialRotation, FinishedRotation)>)
            [
                ("refused", NewRotation(false), new()),
                ("refused, saved", NewRotation(false, true), new()),
                ("no response", NewRotation(), new() { VerificationFailure = Lost }),
                ("cancelled", NewRotation(), new()),
            ])
        {
            Add("NotVerified", which, WinkErrors.NotVerified(rotation, finished, Where, isStandby: false));
        }

        Add("NotVerified", "standby, refused, saved", WinkErrors.NotVerified(NewRotation(false, true), new(), Where, isStandby: true));
    }

    private void AddReading()
    {
        var options = new WinkClientOptions
        {
            Endpoints = WinkEndpoints.Production,
            Credential = new ClientCredential("client-me", new NetworkCredential("", "made-up").SecurePassword),
        };
        var described = new WinkConnection("Staging", new("https://api.example"), new("https://iam.example"), "client-me", [], At);
        Add("NotConnected", "never", WinkErrors.NotConnected(null));
        Add("NotConnected", "described", WinkErrors.NotConnected(described));
        Add("InvalidArgument", "it", WinkErrors.InvalidArgument("(What is invalid.)"));
        Add("InvalidArgument", "a name", WinkErrors.InvalidArgument(new ArgumentException("(What is invalid.)"), "Booking*"));
        foreach (var error in (string?[])["invalid_client", "invalid_scope", "server_error", null])
        {
            var refusal = new WinkSignInException(HttpStatusCode.BadRequest, error, "(What IAM says.)");
            Add("SignInFailed", error ?? "no code", WinkErrors.SignInFailed(refusal, options));
        }

        foreach (var failure in Enum.GetValues<TransportFailure>())
            Add("SignInFailed", $"{failure}", WinkErrors.SignInFailed(Transport(failure), options));

        foreach (var isName in (bool[])[true, false])
        {
            const string Where = "This connection sees no application";
            Add("ApplicationNotFound", isName ? "name" : "id", WinkErrors.ApplicationNotFound("Booking", isName, Where));
            Add("ManagingEntityNotFound", isName ? "name" : "id", WinkErrors.ManagingEntityNotFound("Travel", isName));
        }

        Add("ApplicationNotFound", "of a given managing entity", WinkErrors.ApplicationNotFound(
            "It's", isName: true, "No managing entity that was given has an application"));
        Add("ManagingEntityNotFound", "name, of a type", WinkErrors.ManagingEntityNotFound("Travel", isName: true, "HOTEL"));
        Add("RotationNotFound", "one", WinkErrors.RotationNotFound("booking-engine", "client-old"));
        Add("RotationNotFound", "id", WinkErrors.RotationNotFound("booking-engine"));
        Add("RotationNotFound", "wildcard", WinkErrors.RotationNotFound("booking*"));
        Add("WildcardInId", "application", WinkErrors.WildcardInId("Application", "Booking*"));
        Add("NotFound", "application", WinkErrors.NotFound(Refused, "application x of managing entity y", "Application", "x"));
        foreach (var status in (int[])[400, 401, 403, 404, 429, 500])
        {
            var cause = new WinkApiException((HttpStatusCode)status, new ProblemDetail { Detail = "(What Wink says.)" });
            Add("NotRead", status.ToString(CultureInfo.InvariantCulture), WinkErrors.NotRead(cause, "managing entities", null));
        }

        Add("CredentialNotTested", "it", WinkErrors.CredentialNotTested(Lost, "client-x"));
    }
}
