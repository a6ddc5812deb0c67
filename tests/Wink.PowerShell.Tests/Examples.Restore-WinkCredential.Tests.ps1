BeforeAll { . $PSScriptRoot/ExampleBed.ps1 }

AfterAll { Stop-ExampleBed }

Describe 'The example' {
    BeforeEach { . Initialize-Example }

    Context 'Restore-WinkCredential' {
        BeforeEach {
            $rotation = @{ ManagingEntityId = 'travel-tech'; Confirm = $false; EscrowPath = $escrow }
            $quiet = @{ WarningAction = 'SilentlyContinue'; WarningVariable = 'warned' }
        }

        It 'opens the escrow, and tells which credentials are valid' {
            foreach ($time in 1..2) {
                $null = Invoke-WinkCredentialRotation @rotation -ApplicationId application-1 -EscrowCertificate $holder
            }
            Set-Content "$escrow/wink-application-2-20260101T000000.0000000Z.cms" 'Reserved for the new credentials of made-up.'

            $recovered = & "$examples/Restore-WinkCredential.ps1" $escrow -Certificate $holder @quiet

            $recovered.IsValid | Sort-Object | Should -Be $false, $true
            ($recovered | Where-Object IsValid).Credential | Assert-ValidCredential @valid
            "$warned" | Should -BeLike '*holds no credentials. Reserved for*'
            Get-WinkConnection | Should -Be $session
        }

        It 'goes on after a file that it cannot open, as one of another key, and names it' {
            $null = Invoke-WinkCredentialRotation @rotation -ApplicationId application-1 -EscrowCertificate (New-TestCertificate)
            $foreign = (Get-ChildItem $escrow).Name
            $good = Invoke-WinkCredentialRotation @rotation -ApplicationId application-2 -EscrowCertificate $holder
            $whole = Get-Content (Get-ChildItem $escrow/wink-application-2-*) -Raw
            # In the order of their names, all before the good one.
            Set-Content "$escrow/wink-application-0-cut.cms" $whole.Substring(0, 400)
            Set-Content "$escrow/wink-application-0-broken.cms" ($whole -replace 'M', 'N')
            Set-Content "$escrow/wink-application-0-empty.cms" '' -NoNewline
            Set-Content "$escrow/wink-application-0-text.cms" ('made-up text' | Protect-CmsMessage -To $holder)
            Set-Content "$escrow/wink-application-0-other.cms" ('{ "clientId": "made-up" }' | Protect-CmsMessage -To $holder)
            $null = New-Item -ItemType Directory "$escrow/wink-application-0-folder.cms"

            $recovered = & "$examples/Restore-WinkCredential.ps1" $escrow -Certificate $holder @quiet

            $recovered.Credential.UserName | Should -BeExactly $good.ClientId
            $recovered.IsValid | Should -BeTrue
            $warned | Should -HaveCount 6
            foreach ($name in @($foreign) + ('cut', 'broken', 'empty', 'text', 'other' | ForEach-Object { "wink-application-0-$_.cms" })) {
                "$warned" | Should -BeLike "*$name*"
            }
        }

        It 'returns what it opens where it cannot connect' {
            $good = Invoke-WinkCredentialRotation @rotation -ApplicationId application-1 -EscrowCertificate $holder
            Disconnect-Wink
            Mock Connect-Wink { throw 'made-up refusal' }

            $recovered = & "$examples/Restore-WinkCredential.ps1" $escrow -Certificate $holder @quiet

            $recovered.Credential.UserName | Should -BeExactly $good.ClientId
            $recovered.IsValid | Should -BeNullOrEmpty
            "$warned" | Should -BeLike '*valid cannot be told*'
        }
    }
}
