/** The same in every cloud (exchange.md 5.1, 5.3). */
export const graphAppId = '00000003-0000-0000-c000-000000000000'

/** Office 365 Exchange Online. */
export const exchangeAppId = '00000002-0000-0ff1-ce00-000000000000'

/** Microsoft Graph Command Line Tools: a public client that stands in every tenant. */
export const commandLineToolsAppId = '14d82eec-204b-4c2f-b7e8-296a70dab67e'

/** Microsoft Exchange REST API Based Powershell: the public client by which Exchange's PowerShell signs people in. */
export const exchangePowerShellAppId = 'fb78d390-0c51-40cd-8e17-fdbfab77341b'
